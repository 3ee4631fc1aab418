"""What may be connected to, and whose certificate it shows. Pure."""

import ipaddress
import ssl
from contextlib import suppress

from cryptography import x509
from cryptography.x509.oid import NameOID

from delivery.providers.check.cures import Certificate


def is_reachable(address: str) -> bool:
    """Relays in private networks are legitimate; nobody's relay is a cloud's metadata service."""
    parsed = _parsed(address)
    return not (parsed.is_link_local or parsed.is_multicast or parsed.is_unspecified)


def is_loopback(address: str) -> bool:
    return _parsed(address).is_loopback


def certificate(encrypted: ssl.SSLObject) -> Certificate:
    found = x509.load_der_x509_certificate(encrypted.getpeercert(binary_form=True) or b"")
    names: list[str] = []
    with suppress(x509.ExtensionNotFound):
        alternatives = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = [*alternatives.get_values_for_type(x509.DNSName)]
        names += [str(address) for address in alternatives.get_values_for_type(x509.IPAddress)]
    if not names:
        names = [str(name.value) for name in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return Certificate(tuple(names), found.not_valid_after_utc)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, ipaddress.IPv6Address) else parsed
