"""Read the certificates of the authorities that sign a database's certificate. Called by `storage`, in each pass.

A rotation of them therefore opens the database again, and needs no restart.
"""

from __future__ import annotations

from hposweep.api import conditions
from hposweep.api.storage import TlsSpec
from hposweep.api.sweep import Sweep
from hposweep.cluster.protocol import Cluster
from hposweep.database.certificates import CertificateFile, Certificates
from hposweep.database.errors import StorageError


async def read_certificate(
    tls: TlsSpec, field: str, sweep: Sweep, cluster: Cluster, certificates: Certificates
) -> CertificateFile | None:
    """Return the file that libpq reads; None when none is named. Raises StorageError with the name of the object."""
    if tls.ca_ref is None:
        return None
    reference, kind = tls.ca_ref.reference, tls.ca_ref.kind
    place = f"key `{reference.key}` of {kind} `{reference.name}` in namespace `{sweep.namespace}`"
    read = cluster.secret_value if tls.ca_ref.secret is not None else cluster.config_map_value
    try:
        text = await read(sweep.namespace, reference.name, reference.key)
        if text is not None:
            return certificates.file(text)
    except UnicodeDecodeError:
        raise StorageError(conditions.TLS_FAILED, f"the value of {place} is not text in UTF-8") from None
    except ValueError as error:
        raise StorageError(conditions.TLS_FAILED, f"the value of {place} {error}") from None
    message = f"{place} does not exist; `{field}.caRef` must name a key that holds the certificate of the authority"
    raise StorageError(conditions.TLS_FAILED, message)
