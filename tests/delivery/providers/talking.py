"""A mail server on a real socket that says what a test wants, and certificates to go with it."""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.now(datetime.UTC)


@dataclass
class Script:
    """Answers by the first word of what the client says; "" is the greeting."""

    answers: Mapping[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None  # for STARTTLS
    immediate_tls: ssl.SSLContext | None = None
    says_nothing: bool = False
    heard: list[str] = field(default_factory=list)

    def answer(self, line: str) -> str:
        verb = line.partition(" ")[0].upper()
        if line in self.answers:
            return self.answers[line]
        if verb in self.answers:
            return self.answers[verb]
        defaults = {
            "": "220 talking",
            "EHLO": "250-talking\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN"
            if self.tls
            else "250-talking\r\n250 AUTH PLAIN",
            "STARTTLS": "220 go",
            "AUTH": "235 2.7.0 in",
            "QUIT": "221 bye",
        }
        return defaults.get(verb, "250 2.0.0 fine")


@contextmanager
def talking(script: Script) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        threading.Thread(target=_serve, args=(listener, script), daemon=True).start()
        yield listener.getsockname()[1]


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def _serve(listener: socket.socket, script: Script) -> None:
    with suppress(OSError):
        while True:
            connected, _ = listener.accept()
            connected.settimeout(20)
            with suppress(OSError), connected:
                _talk_with(connected, script)


def _talk_with(connected: socket.socket, script: Script) -> None:
    if script.says_nothing:
        while connected.recv(1_000):
            pass
    elif script.immediate_tls:
        with script.immediate_tls.wrap_socket(connected, server_side=True) as encrypted:
            _talk(encrypted, script)
    else:
        _talk(connected, script)


def _talk(connected: socket.socket, script: Script, greets: bool = True) -> None:
    if greets:
        connected.sendall(f"{script.answer('')}\r\n".encode())
    while line := _line(connected):
        script.heard.append(line)
        answer = script.answer(line)
        if answer == "(hang up)":
            return
        connected.sendall(f"{answer}\r\n".encode())
        if line == "STARTTLS" and answer.startswith("220") and script.tls:
            with script.tls.wrap_socket(connected, server_side=True) as encrypted:
                _talk(encrypted, script, greets=False)
            return
        if line == "QUIT":
            return


def _line(connected: socket.socket) -> str:
    heard = b""
    while not heard.endswith(b"\n"):
        octet = connected.recv(1)
        if not octet:
            return ""
        heard += octet
    return heard.decode("utf-8", "replace").strip()


class Authority:
    """Signs certificates; `path` is what a client must trust."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tests' authority")])
        self.path = folder / "authority.pem"
        certificate = (
            _builder(self.name, self.name, self.key.public_key(), NOW + datetime.timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        self.path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, *names: str, days: int = 60, signs_itself: bool = False) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        issuer, signer = (subject, key) if signs_itself else (self.name, self.key)
        certificate = (
            _builder(subject, issuer, key.public_key(), NOW + datetime.timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .sign(signer, hashes.SHA256())
        )
        path = self.folder / f"{names[0]}{days}{signs_itself}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, until: datetime.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(NOW, until) - datetime.timedelta(days=365))
        .not_valid_after(until)
    )


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
