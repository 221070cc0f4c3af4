"""The hosts that notifications may reach: the setting, and its judgement on names and addresses."""

from __future__ import annotations

import pytest

from hposweep.allowed_hosts import DATABASE_VARIABLE, REMOTE, REMOTE_HOSTS, VARIABLE, AllowedHosts

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


OWN = (
    *("127.0.0.1", "127.8.0.1", "::1", "0.0.0.0", "::", "169.254.169.254", "fe80::1%eth0", "fd00:ec2::254"),  # noqa: S104
    *("100.100.100.200", "192.0.0.192", "168.63.129.16", "224.0.0.1", "ff02::1", "255.255.255.255"),
    *("fd00:ec2::23", "fd20:ce::254", "169.254.170.23"),
    *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "", "no address", "2130706433"),
)


@pytest.mark.parametrize("address", OWN)
def test_an_address_of_the_operators_own_machine_is_not_remote(address: str) -> None:
    assert not REMOTE_HOSTS.has_address(address)


@pytest.mark.parametrize("address", ["10.0.0.1", "192.168.1.1", "172.16.0.1", "fd00::7", *OPEN])
def test_addresses_of_the_cluster_and_others_are_remote(address: str) -> None:
    assert REMOTE_HOSTS.has_address(address)


@pytest.mark.parametrize(
    ("text", "address", "is_allowed"),
    [
        (None, "10.0.0.1", True),
        ("", "10.0.0.1", True),
        ("10.1.0.0/16", "10.0.0.1", False),
        ("10.1.0.0/16", "10.1.0.1", True),
        ("remote,127.0.0.0/8", "127.0.0.1", True),
        ("public", "10.0.0.1", False),
        ("none", "1.1.1.1", False),
    ],
)
def test_databases_have_a_setting_of_their_own(text: str | None, address: str, is_allowed: bool) -> None:
    environment = {VARIABLE: "none", **({DATABASE_VARIABLE: text} if text is not None else {})}
    allowed = AllowedHosts.from_environment(environment, DATABASE_VARIABLE, REMOTE)
    assert allowed.has_address(address) is is_allowed
    assert AllowedHosts.from_environment({VARIABLE: allowed.to_text()}) == allowed


def test_a_wrong_entry_of_the_databases_names_their_variable() -> None:
    with pytest.raises(ValueError, match=r"HPOSWEEP_DATABASE_HOSTS must be `public`, `remote`, host names.*not `db/1`"):
        AllowedHosts.from_environment({DATABASE_VARIABLE: "db/1"}, DATABASE_VARIABLE, REMOTE)
