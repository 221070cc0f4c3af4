"""The fields of a pod template that need permission. Read by `settings` and `cli`, enforced by `judge.pod_template`.

The operator creates the pods, so that a template could ask for what its author may not: without a limit, a user who may
only write sweeps could read files of a node or act as any service account (docs/adr/0056).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

FIELDS_VARIABLE = "HPOSWEEP_ALLOWED_POD_FIELDS"
ACCOUNTS_VARIABLE = "HPOSWEEP_ALLOWED_SERVICE_ACCOUNTS"
DEFAULT_ACCOUNT = "default"  # of every namespace; it is always allowed
ANY_ACCOUNT = "*"
_ACCOUNT = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")


class PodField(StrEnum):
    """A name in the setting: a field of a pod that is refused unless it is listed."""

    HOST_PATH = "hostPath"
    HOST_NETWORK = "hostNetwork"
    HOST_PID = "hostPID"
    HOST_IPC = "hostIPC"
    HOST_PORT = "hostPort"
    HOST_PROCESS = "hostProcess"
    PRIVILEGED = "privileged"
    CAPABILITIES = "capabilities"
    SECCOMP_PROFILE = "seccompProfile"
    APP_ARMOR_PROFILE = "appArmorProfile"
    SE_LINUX_OPTIONS = "seLinuxOptions"
    PROC_MOUNT = "procMount"
    SYSCTLS = "sysctls"
    PROBE_HOST = "probeHost"
    NODE_NAME = "nodeName"
    SERVICE_ACCOUNT_TOKEN = "serviceAccountToken"  # noqa: S105  # a field's name, not a secret
    POD_CERTIFICATE = "podCertificate"


@dataclass(frozen=True, slots=True)
class AllowedPods:
    """The setting of an installation. The default allows no field of the list and no account but `default`."""

    fields: frozenset[PodField] = frozenset()
    accounts: tuple[str, ...] = ()

    def has_account(self, name: str) -> bool:
        """Return whether pods may run as this service account."""
        return name == DEFAULT_ACCOUNT or name in self.accounts or ANY_ACCOUNT in self.accounts

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> AllowedPods:
        """Read both settings. Raises ValueError that names the variable."""
        fields = [_field(word) for word in _words(environment.get(FIELDS_VARIABLE, ""))]
        accounts = _words(environment.get(ACCOUNTS_VARIABLE, ""))
        for account in accounts:
            if account != ANY_ACCOUNT and not _ACCOUNT.fullmatch(account):
                raise ValueError(
                    f"{ACCOUNTS_VARIABLE} must be names of accounts, or `{ANY_ACCOUNT}` for all, not `{account}`"
                )
        return cls(frozenset(fields), tuple(accounts))


RESTRICTED_PODS = AllowedPods()  # the default
ALL_PODS = AllowedPods(frozenset(PodField), (ANY_ACCOUNT,))


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _field(word: str) -> PodField:
    try:
        return PodField(word)
    except ValueError:
        names = ", ".join(PodField)
        raise ValueError(f"{FIELDS_VARIABLE} must be a list of {names}, not `{word}`") from None
