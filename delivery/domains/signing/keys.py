"""Keys of our own: made on request, sealed like providers' passwords, never shown."""

import secrets as chance
from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.db import transaction

from accounts import secrets
from delivery.domains.models import SendingDomain, SigningKey
from delivery.domains.signing.signer import Key, PrivateKey

_BITS = 2048


@transaction.atomic
def make(domain: SendingDomain) -> list[SigningKey]:
    """An RSA key for everybody and an Ed25519 key beside it, in place of those that there were; signing stops."""
    domain.signs = False
    domain.save(update_fields=["signs"])
    domain.signing_keys.all().delete()
    stem = f"tally{chance.token_hex(2)}"
    rsa_key = rsa.generate_private_key(65537, _BITS)
    public = rsa_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    small = ed25519.Ed25519PrivateKey.generate()
    raw = small.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return [
        _keep(domain, stem, SigningKey.Kind.RSA, rsa_key, public),
        _keep(domain, f"{stem}e", SigningKey.Kind.ED25519, small, raw),
    ]


def opened(kept: SigningKey) -> Key:
    """Raises secrets.Unreadable."""
    private = load_pem_private_key(secrets.open(kept.private_sealed).encode(), None)
    assert isinstance(private, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey)  # noqa: S101  # we made it
    return Key(kept.selector, private)


def _keep(domain: SendingDomain, selector: str, kind: str, private: PrivateKey, public: bytes) -> SigningKey:
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    record = f"v=DKIM1; k={kind}; p={b64encode(public).decode()}"
    return SigningKey.objects.create(
        domain=domain, selector=selector, kind=kind, private_sealed=secrets.seal(pem), record=record
    )
