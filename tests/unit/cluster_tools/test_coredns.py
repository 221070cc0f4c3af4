"""The DNS server of the test cluster is built with the plugins that its configuration names."""

from __future__ import annotations

import re

from tests.cluster import binaries, dns

PLUGIN_INDENT = 8


def test_every_plugin_of_the_corefile_is_compiled_in_and_ordered() -> None:
    corefile = dns.MANIFEST.read_text().partition(".:5353 {")[2]
    named = set(re.findall(rf"^ {{{PLUGIN_INDENT}}}(\w+)", corefile.partition("\n    }")[0], re.MULTILINE))
    source = (binaries.ROOM / "tools" / "coredns" / "main.go").read_text()
    directives = re.findall(r'"(\w+)"', source.partition("Directives = ")[2])
    assert "kubernetes" in named
    assert set(directives) == named
    assert set(re.findall(r"coredns/plugin/(\w+)", source)) == named
