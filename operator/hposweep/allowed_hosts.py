"""The hosts that the operator may reach for a sweep: for notifications, and for its databases.

Read by `settings`, enforced by `notify.egress` and `database.allowed_server`. A URL belongs to the owner of a sweep,
but the operator opens the connection: without a limit, the URL could reach services that only the operator's network
reaches (docs/adr/0035, 0059).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

VARIABLE, DATABASE_VARIABLE = "HPOSWEEP_NOTIFY_HOSTS", "HPOSWEEP_DATABASE_HOSTS"
PUBLIC, REMOTE, NONE = "public", "remote", "none"
_GROUPS = (PUBLIC, REMOTE)  # of addresses
_NAME = re.compile(r"(\*\.)?[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?(\.[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?)*")
_NAT64 = IPv6Network("64:ff9b::/96")  # leads to the IPv4 address in its last 32 bits
# Public by its number, but answered by the host of an Azure machine, with what that machine may know.
_AZURE_WIRE_SERVER = IPv4Address("168.63.129.16")
# Servers that tell a machine or a pod of a cloud its credentials, and are not link-local.
_METADATA_SERVERS = (
    IPv6Address("fd00:ec2::254"),  # AWS
    IPv6Address("fd00:ec2::23"),  # AWS: Pod Identity of EKS
    IPv6Address("fd20:ce::254"),  # Google
    IPv4Address("100.100.100.200"),  # Alibaba
    IPv4Address("192.0.0.192"),  # Oracle
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Entries of a setting.

    `public` addresses exclude those of cluster and cloud. `remote` ones are all but loopback and link-local
    ones, and those of the metadata servers of clouds.
    """

    groups: tuple[str, ...] = (PUBLIC,)
    names: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str], variable: str = VARIABLE, default: str = PUBLIC
    ) -> AllowedHosts:
        """Read the setting. Raises ValueError that names the variable."""
        entries = environment.get(variable, default).replace(",", " ").lower().split()
        if entries == [NONE]:
            return cls(groups=())
        if not entries:
            return cls(groups=(default,))
        networks = {entry: _network(entry) for entry in entries if entry not in _GROUPS}
        names = tuple(entry for entry, network in networks.items() if network is None)
        for name in names:
            if name == NONE or not _NAME.fullmatch(name):
                raise ValueError(
                    f"{variable} must be `{PUBLIC}`, `{REMOTE}`, host names, `*.` with a domain, addresses or "
                    f"networks, or only `{NONE}`, not `{name}`"
                )
        return cls(
            groups=tuple(group for group in _GROUPS if group in entries),
            names=names,
            networks=tuple(network for network in networks.values() if network is not None),
        )

    def to_text(self) -> str:
        """Return the setting, as `from_environment` reads it."""
        return ",".join([*self.groups, *self.names, *map(str, self.networks)]) or NONE

    def has_name(self, host: str) -> bool:
        """Return whether the host is allowed by its name, whatever its address is."""
        host = host.lower().rstrip(".")
        return any(_matches(host, name) for name in self.names)

    def has_address(self, text: str) -> bool:
        """Return whether the address is allowed, whatever the name of its host is."""
        try:
            addresses = _real_addresses(ip_address(text.partition("%")[0]))
        except ValueError:
            return False
        return all(self._is_allowed(address) for address in addresses)

    def _is_allowed(self, address: Address) -> bool:
        is_listed = any(address in network for network in self.networks if network.version == address.version)
        return is_listed or any(_IS_IN_GROUP[group](address) for group in self.groups)


PUBLIC_HOSTS = AllowedHosts()  # the default for notifications
REMOTE_HOSTS = AllowedHosts(groups=(REMOTE,))  # the default for databases


def _matches(host: str, name: str) -> bool:
    return host.endswith(name[1:]) if name.startswith("*.") else host == name


def _network(entry: str) -> Network | None:
    try:
        return ip_network(entry, strict=False)
    except ValueError:
        return None


def _real_addresses(address: Address) -> Iterable[Address]:
    """Return the address that a packet reaches, because IPv6 has several ways to write one of IPv4."""
    if isinstance(address, IPv4Address):
        return (address,)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    return (address, address.sixtofour) if address.sixtofour is not None else (address,)


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and address != _AZURE_WIRE_SERVER


def _is_remote(address: Address) -> bool:
    is_own = address.is_loopback or address.is_unspecified or address.is_link_local
    is_many = address.is_multicast or address == IPv4Address("255.255.255.255")
    return not (is_own or is_many or address == _AZURE_WIRE_SERVER or address in _METADATA_SERVERS)


_IS_IN_GROUP = {PUBLIC: _is_public, REMOTE: _is_remote}
