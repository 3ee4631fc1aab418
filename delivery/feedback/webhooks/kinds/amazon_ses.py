"""Amazon SES by SNS: signed under a certificate of Amazon's, believed only from topics that staff said are theirs."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from delivery.feedback.forms import AUTOMATED, Heard
from delivery.feedback.webhooks import certificates, normalising, signatures
from delivery.feedback.webhooks.events import About, Failure, each, heard
from delivery.feedback.webhooks.request import Refused, Request, decoded
from delivery.replies import Category

C = Category

_OLDEST = timedelta(hours=24)  # it repeats for hours; by the time of publishing
_SUBSCRIBING = frozenset({"SubscriptionConfirmation", "UnsubscribeConfirmation"})
_SIGNED_OF_SUBSCRIBING = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_VERSIONS = {"1": True, "2": False}  # of the signature: is it SHA-1?

# What SES makes of it where the server's words say nothing. What is not here: not clear.
_SAYS = {
    ("Permanent", "General"): C.INVALID_RECIPIENT,
    ("Permanent", "NoEmail"): C.INVALID_RECIPIENT,
    ("Transient", "MailboxFull"): C.MAILBOX_FULL,
    ("Transient", "MessageTooLarge"): C.MESSAGE_TOO_LARGE,
    ("Transient", "ContentRejected"): C.SPAM_CONTENT,
    ("Transient", "AttachmentRejected"): C.SPAM_CONTENT,
}
_DROPPED = frozenset(
    {
        "Suppressed",
        "OnAccountSuppressionList",
        "OnTenantSuppressionList",
        "EmailValidationSuppressed",
        "UnsubscribedRecipient",
    }
)
_NO_EVENT = "Successfully validated SNS topic"
# Amazon marks what a machine opened or followed; under which name has changed before.
_MACHINE = re.compile(r"automat|^is_?bot|^bot", re.I)


def check(request: Request, keys: dict[str, Any], now: datetime) -> None:
    whole = _envelope(request)
    kind, topic = whole["Type"], str(whole.get("TopicArn", ""))
    if request.headers.get("x-amz-sns-message-type", kind) != kind:
        raise Refused("Its header and its content name different kinds of message.")
    if kind not in _SUBSCRIBING and topic not in keys.get("topics", ()):
        raise Refused(f"The topic {topic[:120]} is not confirmed here.")
    if whole.get("SignatureVersion") not in _VERSIONS:
        raise Refused("It is not signed in a way that we know.")
    names = _SIGNED_OF_SUBSCRIBING if kind in _SUBSCRIBING else _SIGNED
    signed = "".join(f"{name}\n{whole[name]}\n" for name in names if name in whole)
    public = certificates.public_key(str(whole.get("SigningCertURL", "")), now)
    is_sha1 = _VERSIONS[whole["SignatureVersion"]]
    signatures.rsa(public, str(whole.get("Signature", "")), signed.encode("utf-8", "replace"), is_sha1=is_sha1)
    signatures.not_old(_time(whole.get("Timestamp")), now, _OLDEST)


def learn(request: Request) -> dict[str, Any]:
    """Of a request that has passed its check: a topic that wants to be confirmed."""
    whole = _envelope(request)
    if whole["Type"] != "SubscriptionConfirmation":
        return {}
    topic, url = str(whole.get("TopicArn", "")), str(whole.get("SubscribeURL", ""))
    return {"offered": {"topic": topic[:300], "url": url[:2000]}}


def read(request: Request) -> list[Heard]:
    whole = _envelope(request)
    if whole["Type"] in _SUBSCRIBING or whole["Message"].startswith(_NO_EVENT):
        return []
    event = decoded(whole["Message"])
    if not isinstance(event, dict):
        raise ValueError("no event")
    return each(_recipients(event), lambda recipient: _one(event, whole, recipient))


def _envelope(request: Request) -> dict[str, Any]:
    try:
        whole: dict[str, Any] = request.json()
        if not all(isinstance(whole[name], str) for name in ("Type", "Message")):
            raise TypeError
    except (ValueError, KeyError, TypeError):
        raise Refused("It is not Amazon SNS's: is raw message delivery on? Switch it off.") from None
    return whole


def _recipients(event: dict[str, Any]) -> list[dict[str, Any]]:
    """Each with its own words; a mail of ours has one, but others may use the topic, too."""
    for name, of in (
        ("bounce", "bouncedRecipients"),
        ("complaint", "complainedRecipients"),
        ("deliveryDelay", "delayedRecipients"),
    ):
        if isinstance(event.get(name), dict):
            return list(event[name].get(of) or [{}])
    reached = (event.get("delivery") or {}).get("recipients") or (event.get("mail") or {}).get("destination")
    return [{"emailAddress": each} for each in reached or [""]]


def _one(event: dict[str, Any], whole: dict[str, Any], recipient: dict[str, Any]) -> Heard | None:
    word = str(event.get("eventType") or event.get("notificationType"))
    mail = event.get("mail") or {}
    headers = {str(one["name"]).lower(): one["value"] for one in mail.get("headers") or ()}
    about = About(
        (headers.get("message-id"), (mail.get("commonHeaders") or {}).get("messageId")),
        (str(mail.get("source", "")).rpartition("<")[2],),
        recipient=recipient.get("emailAddress"),
        at=_time(_touched(event).get("timestamp")) or _time(whole.get("Timestamp")),
    )
    if word == "DeliveryDelay":  # younger than anymail's list
        return heard("deferred", about, word, _failure(event, recipient))
    if word == "Subscription":
        leaves = (event.get("subscription") or {}).get("newTopicPreferences", {}).get("unsubscribeAll")
        return heard("unsubscribed" if leaves else "", about, word)
    said = normalising.reader("amazon_ses").esp_to_anymail_events(event, whole)
    detail = _detail(event)
    return heard(said[0].event_type if said else "", about, word, _failure(event, recipient), detail)


def _detail(event: dict[str, Any]) -> str:
    complaint = event.get("complaint")
    if isinstance(complaint, dict):
        return str(complaint.get("complaintFeedbackType") or "")
    marks = (value for name, value in _touched(event).items() if _MACHINE.search(name))
    return AUTOMATED if any(str(value).lower() not in ("", "false", "none", "0", "no") for value in marks) else ""


def _touched(event: dict[str, Any]) -> dict[str, Any]:
    """What was opened or followed, when, by which program."""
    touched = event.get("open") or event.get("click")
    return touched if isinstance(touched, dict) else {}


def _failure(event: dict[str, Any], recipient: dict[str, Any]) -> Failure:
    if "reject" in event:
        return Failure(summary=f"Amazon SES did not send it: {event['reject'].get('reason')}", says=C.SPAM_CONTENT)
    if "failure" in event:
        return Failure(summary=event["failure"].get("errorMessage"), is_soft=True)
    bounce = event.get("bounce") or {}
    kind = str(bounce.get("bounceType")), str(bounce.get("bounceSubType"))
    for why in (kind[1], str((event.get("complaint") or {}).get("complaintSubType"))):
        if why in _DROPPED:  # also told as a complaint, where an earlier one put the address on its list
            return Failure(summary=f"Amazon SES did not send it: {why}", is_dropped=True)
    delivery = event.get("delivery") or {}
    return Failure(
        diagnostic=recipient.get("diagnosticCode") or delivery.get("smtpResponse"),
        summary=f"{kind[0]}, {kind[1]}" if bounce else "",
        status=recipient.get("status"),
        says=_SAYS.get(kind),
        is_soft=kind[0] == "Transient",
        reporting_mta=bounce.get("reportingMTA"),
    )


def _time(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
