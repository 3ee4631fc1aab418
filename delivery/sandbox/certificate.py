"""A certificate that the sandbox makes for itself, kept in var/sandbox, for programs that insist on STARTTLS.

Nobody has signed it: who checks certificates is given the file.
"""

import fcntl
import os
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

_LASTS, _ANEW = timedelta(days=397), timedelta(days=30)  # no client takes longer ones


def folder() -> Path:
    return Path(settings.VAR_DIR) / "sandbox"


def path() -> Path:
    """What programs are to trust; it holds no key."""
    return folder() / "certificate.pem"


def context(host: str, now: datetime | None = None) -> ssl.SSLContext:
    """Of a server that is reached under `host` and from this machine; made anew before it ends."""
    now = now or datetime.now(UTC)
    names = _names(host)
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.minimum_version = ssl.TLSVersion.TLSv1_2
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / "lock").open("w") as lock:  # two that begin at once take the same one
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_good(names, now):
            _make(names, now)
        found.load_cert_chain(path(), folder() / "key.pem")
    return found


def _names(host: str) -> list[x509.GeneralName]:
    texts = dict.fromkeys(["localhost", "127.0.0.1", "::1", host])
    return [_name(text) for text in texts if text not in ("0.0.0.0", "::")]  # noqa: S104  # what it listens on is no name


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _is_good(names: list[x509.GeneralName], now: datetime) -> bool:
    try:
        found = x509.load_pem_x509_certificate(path().read_bytes())
        key = serialization.load_pem_private_key((folder() / "key.pem").read_bytes(), None)
        stands_for = list(found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    is_a_pair = key.public_key() == found.public_key()
    return is_a_pair and stands_for == names and found.not_valid_after_utc - _ANEW > now


def _make(names: list[x509.GeneralName], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tallypost sandbox")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LASTS - timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)  # else OpenSSL trusts it not
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(folder() / "key.pem", private, 0o600)
    _write(path(), made.public_bytes(serialization.Encoding.PEM), 0o644)


def _write(file: Path, content: bytes, mode: int) -> None:
    """Never half, nor readable for others for a moment."""
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        out.write(content)
    beside.rename(file)
