"""Pod templates that ask for what their author may not: each is refused by its field, its value and the setting."""

from __future__ import annotations

from typing import Any

import pytest

from hposweep.allowed_pods import ALL_PODS, RESTRICTED_PODS, AllowedPods, PodField
from hposweep.judge.judge import judge
from hposweep.judge.pod_template.containers import DEFAULT_CAPABILITIES
from hposweep.judge.pod_template.pod import SAFE_SYSCTLS
from hposweep.judge.pod_template.profiles import SE_LINUX_TYPES
from hposweep.judge.pod_template.refusals import faults, refusals
from tests import builders as b
from tests.unit import world

Json = dict[str, Any]

TEMPLATE = "spec.workers.template"


def container(**fields: Any) -> Json:
    return {"containers": [{"name": "trial", "image": "i", **fields}]}


def context(**fields: Any) -> Json:
    return container(securityContext=fields)


def volume(**fields: Any) -> Json:
    return {"volumes": [{"name": "v", **fields}]}


def projected(name: str) -> Json:
    return volume(projected={"sources": [{"configMap": {"name": "c"}}, {name: {}}]})


TRIAL = "spec.containers[0]"
POD, OF_TRIAL = "spec.securityContext", f"{TRIAL}.securityContext"

# The name in the setting, the pod's spec, the field that the sentence names, and its value there.
REQUESTS = {
    "hostPath": (volume(hostPath={"path": "/etc"}), "spec.volumes[0].hostPath", "/etc"),
    "hostNetwork": ({"hostNetwork": True}, "spec.hostNetwork", "True"),
    "hostPID": ({"hostPID": True}, "spec.hostPID", "True"),
    "hostIPC": ({"hostIPC": True}, "spec.hostIPC", "True"),
    "hostPort": (container(ports=[{"containerPort": 1}, {"hostPort": 22}]), f"{TRIAL}.ports[1].hostPort", "22"),
    "hostProcess": (
        {"securityContext": {"windowsOptions": {"hostProcess": True}}}, f"{POD}.windowsOptions.hostProcess", "True",
    ),
    "privileged": (context(privileged=True), f"{OF_TRIAL}.privileged", "True"),
    "capabilities": (
        context(capabilities={"add": ["KILL", "SYS_ADMIN"]}), f"{OF_TRIAL}.capabilities.add[1]", "SYS_ADMIN",
    ),
    "seccompProfile": (context(seccompProfile={"type": "Unconfined"}), f"{OF_TRIAL}.seccompProfile.type", "Unconfined"),
    "appArmorProfile": (
        {"securityContext": {"appArmorProfile": {"type": "Unconfined"}}}, f"{POD}.appArmorProfile.type", "Unconfined",
    ),
    "seLinuxOptions": (context(seLinuxOptions={"type": "spc_t"}), f"{OF_TRIAL}.seLinuxOptions.type", "spc_t"),
    "procMount": (context(procMount="Unmasked"), f"{OF_TRIAL}.procMount", "Unmasked"),
    "sysctls": (
        {"securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}}, f"{POD}.sysctls[0].name",
        "kernel.msgmax",
    ),
    "probeHost": (
        container(livenessProbe={"httpGet": {"host": "10.0.0.1", "port": 80}}), f"{TRIAL}.livenessProbe.httpGet.host",
        "10.0.0.1",
    ),
    "nodeName": ({"nodeName": "control-plane"}, "spec.nodeName", "control-plane"),
    "serviceAccountToken": (
        projected("serviceAccountToken"), "spec.volumes[0].projected.sources[1].serviceAccountToken", "a source",
    ),
    "podCertificate": (projected("podCertificate"), "spec.volumes[0].projected.sources[1].podCertificate", "a source"),
}  # fmt: skip

OTHER_WAYS = {
    "init container": (
        {"initContainers": [{"name": "i", "securityContext": {"privileged": True}}]},
        "spec.initContainers[0].securityContext.privileged",
    ),
    "mounted token": ({"automountServiceAccountToken": True}, "spec.automountServiceAccountToken"),
    "user of SELinux": (context(seLinuxOptions={"user": "u"}), f"{OF_TRIAL}.seLinuxOptions.user"),
    "host of a hook": (
        container(lifecycle={"preStop": {"tcpSocket": {"host": "h", "port": 1}}}),
        f"{TRIAL}.lifecycle.preStop.tcpSocket.host",
    ),
    "all capabilities": (context(capabilities={"add": ["ALL"]}), f"{OF_TRIAL}.capabilities.add[0]"),
}

NO_REQUESTS = {
    "capabilities": context(capabilities={"add": list(DEFAULT_CAPABILITIES), "drop": ["ALL"]}),
    "profiles": context(seccompProfile={"type": "Localhost"}, appArmorProfile={"type": "RuntimeDefault"}),
    "SELinux": context(seLinuxOptions={"type": SE_LINUX_TYPES[0], "level": "s0:c1,c2"}),
    "sysctls": {"securityContext": {"sysctls": [{"name": name, "value": "1"} for name in SAFE_SYSCTLS]}},
    "volumes": {"volumes": [{"name": "a", "emptyDir": {}}, {"name": "b", "persistentVolumeClaim": {"claimName": "c"}}]},
    "values that ask for nothing": {
        "hostNetwork": False, "hostPID": None, "nodeName": "", "automountServiceAccountToken": False,
        "serviceAccountName": "default", "serviceAccount": "",
    } | container(ports=[{"containerPort": 1, "hostPort": 0}], securityContext={"privileged": False}),
    "a root user": {"securityContext": {"runAsUser": 0}},
    "other shapes": {"volumes": "all", "securityContext": ["x"], "initContainers": [1], "containers": [{"ports": {}}]},
}  # fmt: skip


def spec_of(pod_spec: Json, annotations: Json | None = None) -> Any:
    template = b.pod_template(**pod_spec) | {"metadata": {"annotations": annotations or {}}}
    return world.sweep(workers={"replicas": 1, "template": template}).spec


@pytest.mark.parametrize("name", list(PodField))
def test_a_request_is_refused_by_its_field_and_allowed_by_its_name(name: PodField) -> None:
    pod_spec, path, value = REQUESTS[name]
    spec = spec_of(pod_spec)
    (refusal,) = refusals(spec, RESTRICTED_PODS)
    assert refusal.path == f"{TEMPLATE}.{path}"
    assert refusal.message.startswith(f"`{TEMPLATE}.{path}`: the operator does not allow this field (got `{value}`; ")
    assert refusal.message.endswith(f"add `{name}` to the operator's `HPOSWEEP_ALLOWED_POD_FIELDS`")
    assert refusals(spec, AllowedPods(frozenset(PodField) - {name})) == (refusal,)
    assert refusals(spec, AllowedPods(frozenset({name}))) == ()


@pytest.mark.parametrize("way", OTHER_WAYS)
def test_the_same_request_in_another_place_is_refused(way: str) -> None:
    pod_spec, path = OTHER_WAYS[way]
    assert [refusal.path for refusal in refusals(spec_of(pod_spec), RESTRICTED_PODS)] == [f"{TEMPLATE}.{path}"]


def test_the_template_of_champions_is_held_to_the_same_rules() -> None:
    template = b.pod_template(hostNetwork=True)
    spec = world.sweep(champions={"top": 2, "seeds": 2, "template": template}).spec
    assert [refusal.path for refusal in refusals(spec, RESTRICTED_PODS)] == ["spec.champions.template.spec.hostNetwork"]


def test_an_old_annotation_of_app_armor_counts() -> None:
    key = "container.apparmor.security.beta.kubernetes.io/trial"
    (refusal,) = refusals(spec_of({}, {key: "unconfined"}), RESTRICTED_PODS)
    assert refusal.path == f"{TEMPLATE}.metadata.annotations.{key}"
    assert refusals(spec_of({}, {key: "localhost/strict", "team": "a"}), RESTRICTED_PODS) == ()


@pytest.mark.parametrize("case", NO_REQUESTS)
def test_what_the_baseline_level_allows_needs_no_setting(case: str) -> None:
    assert refusals(spec_of(NO_REQUESTS[case]), RESTRICTED_PODS) == ()


@pytest.mark.parametrize("field", ["serviceAccountName", "serviceAccount"])
def test_another_service_account_needs_a_setting_of_its_own(field: str) -> None:
    spec = spec_of({field: "ci-deployer"})
    (refusal,) = refusals(spec, AllowedPods(frozenset(PodField)))
    assert refusal.message == (
        f"`{TEMPLATE}.spec.{field}`: the operator does not allow this service account (got `ci-deployer`; allowed: "
        "`default`). Remove it, or ask your administrator to add `ci-deployer` to the operator's "
        "`HPOSWEEP_ALLOWED_SERVICE_ACCOUNTS`"
    )
    assert refusals(spec, AllowedPods(accounts=("ci-deployer",))) == ()
    assert refusals(spec, ALL_PODS) == ()


def test_many_fields_of_one_name_are_one_sentence() -> None:
    volumes = [{"name": f"v{number}", "hostPath": {"path": "/" + "x" * 5000}} for number in range(500)]
    (fault,) = faults(spec_of({"volumes": volumes}), RESTRICTED_PODS)
    assert "volumes[0].hostPath`, and 499 further fields: " in fault.message
    assert len(fault.message) < 500


def test_a_value_with_control_characters_is_shown_without_them() -> None:
    (fault,) = faults(spec_of({"nodeName": "a\x1b[2J\x00b"}), RESTRICTED_PODS)
    assert "got `a[2Jb`" in fault.message


def test_the_sweep_waits_for_the_setting_and_ends_by_nothing() -> None:
    sweep = world.sweep(workers=b.workers(hostNetwork=True))
    verdicts = judge(sweep, world.seen())
    assert (verdicts.accepted.is_open, verdicts.accepted.reason) == (False, "TemplateNotAllowed")
    assert (verdicts.may_start, verdicts.end) == (False, None)
    allowed = judge(sweep, world.seen(allowed_pods=AllowedPods(frozenset({PodField.HOST_NETWORK}))))
    assert allowed.accepted.is_open
