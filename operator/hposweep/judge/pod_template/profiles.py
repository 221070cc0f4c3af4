"""Security profiles of pods and containers: seccomp, AppArmor, SELinux, host processes. Called by `refusals`."""

from __future__ import annotations

from collections.abc import Iterator

from hposweep.allowed_pods import PodField
from hposweep.judge.pod_template.request import Json, PodRequest, is_set, mapping

PROFILE_TYPES = ("RuntimeDefault", "Localhost")
SE_LINUX_TYPES = ("container_t", "container_init_t", "container_kvm_t", "container_engine_t")
APP_ARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"  # with the container's name
_APP_ARMOR_VALUES = ("", "runtime/default")
_APP_ARMOR_PREFIX = "localhost/"


def requests(context: Json, path: str) -> Iterator[PodRequest]:
    """Yield each request of one security context."""
    for field in (PodField.SECCOMP_PROFILE, PodField.APP_ARMOR_PROFILE):
        kind = mapping(context.get(field)).get("type")
        if kind not in (None, "", *PROFILE_TYPES):
            yield PodRequest(field, f"{path}.{field}.type", kind, ", ".join(PROFILE_TYPES))
    options, place = mapping(context.get("seLinuxOptions")), f"{path}.seLinuxOptions"
    if options.get("type") not in (None, "", *SE_LINUX_TYPES):
        allowed = ", ".join(SE_LINUX_TYPES)
        yield PodRequest(PodField.SE_LINUX_OPTIONS, f"{place}.type", options["type"], allowed)
    for name in ("user", "role"):
        if is_set(options.get(name)):
            yield PodRequest(PodField.SE_LINUX_OPTIONS, f"{place}.{name}", options[name], "no value")
    windows = mapping(context.get("windowsOptions"))
    if is_set(windows.get("hostProcess")):
        yield PodRequest(PodField.HOST_PROCESS, f"{path}.windowsOptions.hostProcess", windows["hostProcess"], "false")


def annotation_requests(metadata: Json, path: str) -> Iterator[PodRequest]:
    """Yield the AppArmor profiles of the annotations that preceded the field."""
    for key, value in mapping(metadata.get("annotations")).items():
        is_profile = str(key).startswith(APP_ARMOR_ANNOTATION)
        if is_profile and value not in _APP_ARMOR_VALUES and not str(value).startswith(_APP_ARMOR_PREFIX):
            allowed = f"runtime/default, {_APP_ARMOR_PREFIX}…"
            yield PodRequest(PodField.APP_ARMOR_PROFILE, f"{path}.annotations.{key}", value, allowed)
