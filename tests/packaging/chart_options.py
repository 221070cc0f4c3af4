"""Values of the chart's options as a platform engineer sets them, for the tests that render or apply them."""

from __future__ import annotations

import json
from typing import Any

Json = dict[str, Any]

_TERM = {"nodeSelectorTerms": [{"matchExpressions": [{"key": "pool", "operator": "In", "values": ["system"]}]}]}
# Values that arrive in a pod under their own name.
PLACEMENT: Json = {
    "nodeSelector": {"pool": "system"},
    "tolerations": [{"operator": "Exists"}],
    "imagePullSecrets": [{"name": "pull"}],
    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": _TERM}},
    "priorityClassName": "system-cluster-critical",
}
SPREAD: Json = {
    "maxSkew": 1,
    "topologyKey": "topology.kubernetes.io/zone",
    "whenUnsatisfiable": "ScheduleAnyway",
    "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "hposweep"}},
}
# Every option whose objects an API server knows without the Prometheus Operator.
ALL: Json = {
    **PLACEMENT,
    "topologySpreadConstraints": [SPREAD],
    "image": {"digest": "sha256:" + "ab" * 32},
    "caBundle": {"configMap": "our-ca"},
    "extraEnv": [{"name": "PGSSLKEY", "valueFrom": {"secretKeyRef": {"name": "client", "key": "key"}}}],
    "extraVolumes": [{"name": "client", "secret": {"secretName": "client"}}],
    "extraVolumeMounts": [{"name": "client", "mountPath": "/etc/client", "readOnly": True}],
    "commonLabels": {"team": "ml"},
    "podLabels": {"mesh": "off"},
    "podAnnotations": {"example.com/a": "1"},
    "deploymentAnnotations": {"example.com/b": "2"},
    "service": {"annotations": {"example.com/c": "3"}},
    "serviceAccount": {"annotations": {"example.com/d": "4"}},
    "podDisruptionBudget": {"enabled": True},
    "networkPolicy": {
        "enabled": True,
        "metricsPeers": [{"namespaceSelector": {"matchLabels": {"team": "monitoring"}}}],
        "dnsPeers": [{"podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}, "namespaceSelector": {}}],
        "apiServerPeers": [{"ipBlock": {"cidr": "192.0.2.0/28"}}],
        "databasePeers": [{"namespaceSelector": {"matchLabels": {"team": "databases"}}}],
        "databasePorts": [5432, 6432],
        "notificationPorts": [],
    },
    "optunaDashboard": {
        "enabled": True,
        "storage": {"secret": "dashboard"},
        "allowChanges": True,
        "allowedPeers": [
            {"namespaceSelector": {"matchLabels": {"team": "ml"}}, "podSelector": {"matchLabels": {"app": "proxy"}}},
            {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}},
        ],
    },
    "approvalPolicy": {"failurePolicy": "Ignore", "trustedUsers": ["system:serviceaccount:argocd:controller"]},
    "jobsPolicy": {"failurePolicy": "Ignore", "trustedUsers": ["system:serviceaccount:argocd:controller"]},
    "podTemplates": {"allowedFields": ["hostPath"], "allowedServiceAccounts": ["trainer"]},
}


def arguments(values: Json) -> tuple[str, ...]:
    """Return the values as arguments of helm."""
    return tuple(word for name, value in values.items() for word in ("--set-json", f"{name}={json.dumps(value)}"))
