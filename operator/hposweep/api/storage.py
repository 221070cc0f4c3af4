"""Where a database is, wherever `spec` names one: the Secret with its URL, and the TLS that is demanded of it."""

from __future__ import annotations

from dataclasses import dataclass

from hposweep.api.secret_key import SecretKey


@dataclass(frozen=True, slots=True)
class ConfigMapKey:
    """One key of a ConfigMap in the sweep's own namespace."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class CaSpec:
    """The key of a ConfigMap or of a Secret that has the certificates of the authorities; exactly one."""

    config_map: ConfigMapKey | None = None
    secret: SecretKey | None = None

    @property
    def reference(self) -> ConfigMapKey | SecretKey:
        """Return the one that is set. The schema demands it."""
        reference = self.config_map or self.secret
        if reference is None:
            raise ValueError("`caRef` has neither `configMap` nor `secret`")
        return reference

    @property
    def kind(self) -> str:
        return "ConfigMap" if self.config_map is not None else "Secret"


@dataclass(frozen=True, slots=True)
class TlsSpec:
    """The TLS that every connection must have: `Require`, or `VerifyFull` with the authority of the certificate."""

    mode: str
    ca_ref: CaSpec | None = None


@dataclass(frozen=True, slots=True)
class DatabaseSpec:
    """A database by the Secret with its URL."""

    secret_ref: SecretKey
    tls: TlsSpec | None = None


@dataclass(frozen=True, slots=True)
class StorageSpec(DatabaseSpec):
    """The database of the study, and how long workers continue without it."""

    outage_seconds: int = 900
