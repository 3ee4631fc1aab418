"""What may be connected to, and whose certificate it shows. Pure."""

import ssl
from contextlib import suppress

from accounts.egress import networks
from delivery.providers.check.cures import Certificate


def is_reachable(address: str) -> bool:
    """Relays in private networks are legitimate; nobody's relay is a cloud's metadata service."""
    return not networks.is_never_a_server(networks.read(address))


def is_loopback(address: str) -> bool:
    return networks.is_loopback(networks.read(address))


def believing_anybody() -> ssl.SSLContext:
    """To look at a certificate that is not good; nothing is told over such a connection."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def certificate(encrypted: ssl.SSLObject | ssl.SSLSocket) -> Certificate:
    from cryptography import x509  # 1 MB, for this alone
    from cryptography.x509.oid import NameOID

    found = x509.load_der_x509_certificate(encrypted.getpeercert(binary_form=True) or b"")
    names: list[str] = []
    with suppress(x509.ExtensionNotFound):
        alternatives = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = [*alternatives.get_values_for_type(x509.DNSName)]
        names += [str(address) for address in alternatives.get_values_for_type(x509.IPAddress)]
    if not names:
        names = [str(name.value) for name in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return Certificate(tuple(names), found.not_valid_after_utc)
