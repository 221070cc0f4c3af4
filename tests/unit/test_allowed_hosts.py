"""The hosts that notifications may reach: the setting, and its judgement on names and addresses."""

from __future__ import annotations

import pytest

from hposweep.allowed_hosts import VARIABLE, AllowedHosts

PRIVATE = (
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "0.0.0.0", "169.254.169.254", "100.100.100.200"),  # noqa: S104
    *("224.0.0.1", "255.255.255.255", "168.63.129.16", "::1", "::", "fe80::1%eth0", "fd00:ec2::254", "ff02::1"),
    *("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "", "no address", "2130706433"),
)
OPEN = ("1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101")


def hosts(text: str) -> AllowedHosts:
    return AllowedHosts.from_environment({VARIABLE: text})


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not AllowedHosts().has_address(address)


@pytest.mark.parametrize("address", OPEN)
def test_a_public_address_is_allowed_by_default_and_not_by_other_entries(address: str) -> None:
    assert AllowedHosts().has_address(address)
    assert not hosts("hooks.slack.com").has_address(address)
    assert not hosts("none").has_address(address)


@pytest.mark.parametrize(
    ("entry", "host", "is_allowed"),
    [
        ("mail.example.org", "mail.example.org", True),
        ("mail.example.org", "MAIL.example.org.", True),
        ("mail.example.org", "a.mail.example.org", False),
        ("*.example.org", "mail.example.org", True),
        ("*.example.org", "a.b.example.org", True),
        ("*.example.org", "example.org", False),
        ("*.example.org", "evilexample.org", False),
        ("*.example.org", "example.org.evil.com", False),
        ("public", "mail.example.org", False),
    ],
)
def test_a_name_is_allowed_as_a_whole_or_by_its_domain(entry: str, host: str, is_allowed: bool) -> None:
    assert hosts(entry).has_name(host) is is_allowed


def test_a_network_is_allowed_beside_public_addresses() -> None:
    allowed = hosts("public, 10.1.0.0/16 fd00::/8")
    assert all(map(allowed.has_address, ("10.1.2.3", "fd00::1", "1.1.1.1", "::ffff:10.1.2.3")))
    assert not allowed.has_address("10.2.0.1")


@pytest.mark.parametrize("text", ["public", "none", "public,mail.example.org,10.0.0.0/8", "*.example.org,fd00::/8"])
def test_the_setting_is_written_as_it_is_read(text: str) -> None:
    assert hosts(text).to_text() == text


def test_silence_means_public_addresses() -> None:
    assert AllowedHosts.from_environment({}) == AllowedHosts() == hosts("public") == hosts(" ")


@pytest.mark.parametrize("text", ["*", "*.", "http://example.org", "a b/c", "none,public", "10.0.0.0/33", "-x", "a..b"])
def test_a_wrong_entry_names_the_variable(text: str) -> None:
    with pytest.raises(ValueError, match=f"{VARIABLE} must be"):
        hosts(text)
