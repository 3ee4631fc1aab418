"""A provider of ours: signs as each kind does, with keys of its own, and calls the address that staff gave it."""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from django.utils import timezone

from accounts.models import Organisation
from delivery import tokens, verp
from delivery.feedback import settling
from delivery.feedback.webhooks import certificates, receiving
from delivery.feedback.webhooks.catalogue import kinds
from delivery.feedback.webhooks.receiving import Answer, Door
from delivery.feedback.webhooks.request import Request
from delivery.models import Message, Returned, Webhook
from tests.delivery.feedback.returned import DOMAIN

SECRET = "a-secret-in-the-address"
PASSWORD = "a-password-of-ours"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:tallypost"
CERTIFICATE = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"


def webhook(kind: str, **changes: Any) -> Webhook:
    made = Webhook(kind=kind, **changes)
    made.secret, made.password, made.keys = SECRET, PASSWORD, keys(kind)
    if kind == "amazon_ses":
        made.learnt = {"topics": [TOPIC]}
        certificates.keep(CERTIFICATE, certificate(), timezone.now())
    made.save()
    receiving.forget()
    return made


def keys(kind: str) -> dict[str, str]:
    return {
        "sendgrid": {"public_key": public(signer())},
        "mailgun": {"signing_key": "mailgun-signing-key"},
        "mailersend": {"signing_secret": "mailersend-signing-secret"},
        "mandrill": {"webhook_key": "mandrill-webhook-key"},
        "postal": {"public_key": public(postal())},
        "resend": {"signing_secret": "whsec_" + b64encode(b"resend-signing-secret").decode()},
    }.get(kind, {})


def call(kind: str, request: Request, secret: str = SECRET) -> Answer:
    door = receiving.find(f"/w/{kind}/{secret}")
    return receiving.receive(door, request.headers, request.body) if isinstance(door, Door) else door


def tell(kind: str, events: Any, **signing: Any) -> list[Returned]:
    """What a provider says, kept and read; returns what stands in the books of it."""
    assert call(kind, signed(kind, events, **signing)) == receiving.OK
    settling.settle_now(Returned.objects.filter(due_at__isnull=False).values_list("pk", flat=True))
    return list(Returned.objects.order_by("id"))


def signed(kind: str, events: Any, *, at: datetime | None = None) -> Request:
    return _SIGNED[kind](events, at or timezone.now())


def tampered(request: Request) -> Request:
    return replace(request, body=request.body + b" ")


def _sendgrid(events: Any, at: datetime) -> Request:
    body, stamp = json.dumps(events).encode(), str(int(at.timestamp()))
    signature = signer().sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    headers = {
        "content-type": "application/json",
        "x-twilio-email-event-webhook-signature": b64encode(signature).decode(),
        "x-twilio-email-event-webhook-timestamp": stamp,
    }
    return Request(headers, body)


def _postal(events: Any, at: datetime) -> Request:
    body = json.dumps({"uuid": "42", "timestamp": at.timestamp(), **events}).encode()
    signature = postal().sign(body, padding.PKCS1v15(), hashes.SHA256())
    return Request({"content-type": "application/json", "x-postal-signature-256": b64encode(signature).decode()}, body)


def _amazon_ses(events: Any, at: datetime) -> Request:
    return sns({"Type": "Notification", "Message": json.dumps(events)}, at=at)


def sns(content: dict[str, Any], *, at: datetime | None = None, url: str = CERTIFICATE, version: str = "2") -> Request:
    """As Amazon's notification service signs."""
    stamp = (at or timezone.now()).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    whole = {"MessageId": "19ba9823", "TopicArn": TOPIC, "Timestamp": stamp, **content}
    names = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
    signed = "".join(f"{name}\n{whole[name]}\n" for name in names if name in whole)
    digest = hashes.SHA1() if version == "1" else hashes.SHA256()  # noqa: S303
    signature = b64encode(amazon().sign(signed.encode(), padding.PKCS1v15(), digest)).decode()
    whole |= {"SignatureVersion": version, "Signature": signature, "SigningCertURL": url}
    headers = {"content-type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": whole["Type"]}
    return Request(headers, json.dumps(whole).encode())


def _by_shared_key(kind: str) -> Any:
    def make(events: Any, at: datetime) -> Request:
        content = {"event-data": events} if kind == "mailgun" else events
        if kind == "mandrill":
            content = {"mandrill_events": json.dumps(events)}
        return kinds()[kind].sign(content, {**keys(kind), "password": PASSWORD}, address(kind), at)

    return make


_SIGNED: dict[str, Callable[[Any, datetime], Request]] = {
    "amazon_ses": _amazon_ses,
    "postal": _postal,
    "sendgrid": _sendgrid,
    **{
        kind: _by_shared_key(kind)
        for kind in ("brevo", "mailersend", "mailgun", "mailjet", "mandrill", "postmark", "resend", "sparkpost")
    },
}


def address(kind: str) -> str:
    organisation = Organisation.get()
    return f"{organisation.public_address if organisation else ''}/w/{kind}/{SECRET}"


@cache
def amazon() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def postal() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def certificate(*, ends: timedelta = timedelta(days=30)) -> bytes:
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")]), timezone.now()
    draft = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(amazon().public_key())
    draft = draft.serial_number(7).not_valid_before(now - timedelta(days=60)).not_valid_after(now + ends)
    return draft.sign(amazon(), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@cache
def signer() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public(private: Any) -> str:
    """As consoles show it: without its first and last line."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = private.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
    return "".join(pem.splitlines()[1:-1])


def mark(message: Message) -> str:
    return tokens.seal(tokens.MESSAGE_ID, message.pk)


def message_id(message: Message) -> str:
    return f"<{mark(message)}@{DOMAIN}>"


def sender(message: Message) -> str:
    return verp.address(message.pk, DOMAIN)


def header(request: Request, **changes: str) -> Request:
    headers: Mapping[str, str] = {**request.headers, **{k.replace("_", "-"): v for k, v in changes.items()}}
    return replace(request, headers=headers)
