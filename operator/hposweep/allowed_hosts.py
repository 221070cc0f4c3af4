"""The hosts that notifications may reach. Read by `settings`, enforced by `notify.egress`.

The URL of a notification belongs to the owner of a sweep, but the operator opens the connection: without a limit, the
URL could reach services that only the operator's network reaches (docs/adr/0035).
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

VARIABLE = "HPOSWEEP_NOTIFY_HOSTS"
PUBLIC, NONE = "public", "none"
_NAME = re.compile(r"(\*\.)?[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?(\.[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?)*")
_NAT64 = IPv6Network("64:ff9b::/96")  # leads to the IPv4 address in its last 32 bits
# Public by its number, but answered by the host of an Azure machine, with what that machine may know.
_AZURE_WIRE_SERVER = IPv4Address("168.63.129.16")

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Entries of the setting. The default allows public addresses only, which exclude those of cluster and cloud."""

    is_public_allowed: bool = True
    names: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> AllowedHosts:
        """Read the setting. Raises ValueError that names the variable."""
        entries = environment.get(VARIABLE, PUBLIC).replace(",", " ").lower().split()
        if entries == [NONE]:
            return cls(is_public_allowed=False)
        if not entries:
            return cls()
        networks = {entry: _network(entry) for entry in entries if entry != PUBLIC}
        names = tuple(entry for entry, network in networks.items() if network is None)
        for name in names:
            if name == NONE or not _NAME.fullmatch(name):
                raise ValueError(
                    f"{VARIABLE} must be `{PUBLIC}`, host names, `*.` with a domain, addresses or networks, or only "
                    f"`{NONE}`, not `{name}`"
                )
        return cls(
            is_public_allowed=PUBLIC in entries,
            names=names,
            networks=tuple(network for network in networks.values() if network is not None),
        )

    def to_text(self) -> str:
        """Return the setting, as `from_environment` reads it."""
        public = [PUBLIC] if self.is_public_allowed else []
        return ",".join([*public, *self.names, *map(str, self.networks)]) or NONE

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
        return is_listed or (self.is_public_allowed and _is_public(address))


PUBLIC_HOSTS = AllowedHosts()  # the default


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
