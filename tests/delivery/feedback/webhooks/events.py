"""One event of each kind, written by hand in each provider's form, about a mail of ours."""

from datetime import datetime
from typing import Any

from delivery.models import Message
from tests.delivery.feedback.webhooks.provider import mark, message_id, sender

WORDS = {
    "dead": "550 5.1.1 <ana@example.org>: Recipient address rejected: User unknown",
    "full": "552 5.2.2 The mailbox is over quota",
    "spam": "554 5.7.1 Message rejected as spam by content scanning",
}


def sendgrid(message: Message, what: str) -> list[dict[str, Any]]:
    common = {"email": message.email, "timestamp": 1_790_000_000, "smtp-id": message_id(message), "sg_event_id": what}
    told: dict[str, Any] = {
        "delivered": {"event": "delivered", "response": "250 OK"},
        "delayed": {"event": "deferred", "response": "450 4.2.1 try again later", "attempt": "1"},
        "complaint": {"event": "spamreport"},
        "left": {"event": "unsubscribe"},
        "listed": {"event": "dropped", "reason": "Bounced Address", "status": "5.0.0"},
        "new": {"event": "something_new"},
        "opened": {"event": "open", "useragent": "Mozilla/5.0"},
        "queued": {"event": "processed"},
    }
    if what in WORDS:
        told[what] = {"event": "bounce", "type": "bounce", "reason": WORDS[what], "status": WORDS[what].split()[1]}
    return [{**common, **told[what]}]


def mailgun(message: Message, what: str) -> dict[str, Any]:
    common = {
        "recipient": message.email,
        "timestamp": 1_790_000_000.5,
        "id": what,
        "envelope": {"sender": sender(message), "targets": message.email},
        "message": {"headers": {"message-id": message_id(message).strip("<>"), "to": message.email}},
    }
    failed = {"event": "failed", "severity": "permanent", "reason": "bounce"}
    told: dict[str, Any] = {
        "delivered": {"event": "delivered", "delivery-status": {"code": 250, "message": "OK"}},
        "delayed": {
            "event": "failed",
            "severity": "temporary",
            "reason": "generic",
            "delivery-status": {"code": 450, "message": "450 4.2.1 try again later"},
        },
        "complaint": {"event": "complained"},
        "left": {"event": "unsubscribed"},
        "listed": {
            **failed,
            "reason": "suppress-bounce",
            "delivery-status": {
                "code": 605,
                "message": "",
                "description": "Not delivering to previously bounced address",
            },
        },
        "new": {"event": "something_new"},
        "opened": {"event": "opened", "client-info": {"user-agent": "Mozilla/5.0"}},
        "queued": {"event": "accepted"},
    }
    if what in WORDS:
        code, status, _ = WORDS[what].split(" ", 2)
        told[what] = {**failed, "delivery-status": {"code": int(code), "enhanced-code": status, "message": WORDS[what]}}
    return {**common, **told[what]}


def postmark(message: Message, what: str) -> dict[str, Any]:
    common = {"MessageID": "883953f4", "ServerID": 23, "Metadata": {"tallypost": mark(message)}, "Tag": ""}
    bounced = {
        "RecordType": "Bounce",
        "ID": 42,
        "Email": message.email,
        "BouncedAt": "2026-11-27T16:28:50.3963933-04:00",
    }
    told: dict[str, Any] = {
        "delivered": {
            "RecordType": "Delivery",
            "Recipient": message.email,
            "DeliveredAt": "2026-11-27T13:28:10.2735393-04:00",
            "Details": "250 OK",
        },
        "delayed": {**bounced, "Type": "Transient", "Details": "450 4.2.1 try again later"},
        "complaint": {**bounced, "RecordType": "SpamComplaint", "Type": "SpamComplaint"},
        "left": {
            "RecordType": "SubscriptionChange",
            "Recipient": message.email,
            "Origin": "Recipient",
            "SuppressSending": True,
            "SuppressionReason": "ManualSuppression",
            "ChangedAt": "2026-11-27T10:53:34Z",
        },
        "listed": {**bounced, "Type": "ManuallyDeactivated", "Details": "", "Description": "Deactivated"},
        "new": {"RecordType": "SomethingNew", "Recipient": message.email},
        "opened": {"RecordType": "Open", "Recipient": message.email, "FirstOpen": True},
    }
    if what in WORDS:
        kind = {"dead": "HardBounce", "full": "SoftBounce", "spam": "SpamNotification"}[what]
        told[what] = {**bounced, "Type": kind, "Details": f"smtp;{WORDS[what]}"}
    return {**common, **told[what]}


def amazon_ses(message: Message, what: str) -> dict[str, Any]:
    mail = {"source": sender(message), "messageId": "0102", "destination": [message.email], "headers": []}
    bounced = {"bouncedRecipients": [{"emailAddress": message.email}], "reportingMTA": "dns; a8.smtp-out.amazonses.com"}

    def bounce(kind: str, subtype: str, **recipient: str) -> dict[str, Any]:
        to = [{"emailAddress": message.email, **recipient}]
        return {
            "eventType": "Bounce",
            "bounce": {**bounced, "bounceType": kind, "bounceSubType": subtype, "bouncedRecipients": to},
        }

    def complaint(subtype: str) -> dict[str, Any]:
        to = [{"emailAddress": message.email}]
        return {
            "notificationType": "Complaint",
            "complaint": {"complainedRecipients": to, "complaintSubType": subtype},
        }

    told: dict[str, Any] = {
        "delivered": {"eventType": "Delivery", "delivery": {"recipients": [message.email], "smtpResponse": "250 OK"}},
        "delayed": {
            "eventType": "DeliveryDelay",
            "deliveryDelay": {"delayType": "General", "delayedRecipients": [{"emailAddress": message.email}]},
        },
        "complaint": {
            "notificationType": "Complaint",
            "complaint": {"complainedRecipients": [{"emailAddress": message.email}], "complaintFeedbackType": "abuse"},
        },
        "left": {
            "eventType": "Subscription",
            "subscription": {"newTopicPreferences": {"unsubscribeAll": True, "topicSubscriptionStatus": []}},
        },
        "listed": bounce("Permanent", "OnAccountSuppressionList"),
        "listed by the tenant": bounce("Permanent", "OnTenantSuppressionList"),
        "thought not to exist": bounce("Permanent", "EmailValidationSuppressed"),
        "listed after a complaint": complaint("OnAccountSuppressionList"),
        "listed by the tenant after a complaint": complaint("OnTenantSuppressionList"),
        "new": {"eventType": "SomethingNew"},
        "opened": {"eventType": "Open", "open": {"userAgent": "Mozilla/5.0"}},
        "queued": {"eventType": "Send", "send": {}},
        "dead": bounce("Permanent", "General", status="5.1.1", diagnosticCode=f"smtp; {WORDS['dead']}"),
        "full": bounce("Transient", "MailboxFull", status="5.2.2", diagnosticCode=f"smtp; {WORDS['full']}"),
        "spam": bounce("Permanent", "General", status="5.7.1", diagnosticCode=f"smtp; {WORDS['spam']}"),
    }
    return {**told[what], "mail": mail}


def sparkpost(message: Message, what: str) -> list[dict[str, Any]]:
    common = {"rcpt_to": message.email, "rcpt_meta": {"tallypost": mark(message)}, "timestamp": "1790000000"}
    told: dict[str, Any] = {
        "delivered": {"type": "delivery"},
        "delayed": {"type": "delay", "raw_reason": "450 4.2.1 try again later", "bounce_class": "20"},
        "complaint": {"type": "spam_complaint", "fbtype": "abuse"},
        "left": {"type": "list_unsubscribe"},
        "listed": {"type": "policy_rejection", "raw_reason": "550 5.7.1 recipient address suppressed due to bounce"},
        "new": {"type": "something_new"},
        "opened": {"type": "open"},
        "queued": {"type": "injection"},
    }
    for name, of in {"dead": "10", "full": "22", "spam": "51"}.items():
        told[name] = {"type": "bounce", "bounce_class": of, "raw_reason": WORDS[name]}
    event_class = {"opened": "track_event", "left": "unsubscribe_event"}.get(what, "message_event")
    return [{"msys": {event_class: {**common, **told[what]}}}]


def brevo(message: Message, what: str) -> dict[str, Any]:
    common = {"email": message.email, "ts_epoch": 1_790_000_000_000, "message-id": message_id(message)}
    told: dict[str, Any] = {
        "delivered": {"event": "delivered"},
        "delayed": {"event": "deferred", "reason": "450 4.2.1 try again later"},
        "complaint": {"event": "spam"},
        "left": {"event": "unsubscribe"},
        "listed": {"event": "blocked", "reason": "blocked : due to blacklist user"},
        "new": {"event": "something_new"},
        "opened": {"event": "unique_opened"},
        "queued": {"event": "request"},
        "dead": {"event": "hard_bounce", "reason": WORDS["dead"]},
        "full": {"event": "soft_bounce", "reason": WORDS["full"]},
        "spam": {"event": "soft_bounce", "reason": WORDS["spam"]},
    }
    return {**common, **told[what]}


def mailjet(message: Message, what: str) -> list[dict[str, Any]]:
    common = {"time": 1_790_000_000, "MessageID": 19421777835146490, "email": message.email, "CustomID": mark(message)}
    bounced = {"event": "bounce", "blocked": False}
    told: dict[str, Any] = {
        "delivered": {"event": "sent", "smtp_reply": "sent (250 2.0.0 OK)"},
        "delayed": {**bounced, "hard_bounce": False, "error_related_to": "domain", "error": "greylisted"},
        "complaint": {"event": "spam", "source": "JMRPP"},
        "left": {"event": "unsub"},
        "listed": {"event": "blocked", "error_related_to": "mailjet", "error": "preblocked"},
        "new": {"event": "something_new"},
        "opened": {"event": "open", "agent": "Mozilla/5.0"},
        "dead": {**bounced, "hard_bounce": True, "error_related_to": "recipient", "error": "user unknown"},
        "full": {**bounced, "hard_bounce": False, "error_related_to": "recipient", "error": "quota exceeded"},
        "spam": {**bounced, "hard_bounce": True, "error": "content blocked", "comment": WORDS["spam"]},
    }
    return [{**common, **told[what]}]


def resend(message: Message, what: str) -> dict[str, Any]:
    data: dict[str, Any] = {
        "email_id": "56761188",
        "to": [message.email],
        "headers": [{"name": "X-Tallypost", "value": mark(message)}],
    }
    bounces = {
        "dead": ("Permanent", "General", "The recipient's email provider sent a hard bounce message."),
        "full": ("Transient", "MailboxFull", "sent a bounce message because the recipient's inbox was full."),
        "spam": ("Transient", "ContentRejected", "The message content was rejected as spam."),
        "listed": ("Permanent", "Suppressed", "Resend has suppressed sending to this address."),
    }
    kinds = {
        "delivered": "email.delivered",
        "delayed": "email.delivery_delayed",
        "complaint": "email.complained",
        "new": "email.something_new",
        "opened": "email.opened",
        "queued": "email.sent",
    }
    if what in bounces:
        data["bounce"] = dict(zip(("type", "subType", "message"), bounces[what], strict=True))
    return {"type": kinds.get(what, "email.bounced"), "created_at": "2026-11-27T23:41:12.126Z", "data": data}


def mailersend(message: Message, what: str) -> dict[str, Any]:
    words = {
        "delivered": "delivered",
        "delayed": "deferred",
        "complaint": "spam_complaint",
        "left": "unsubscribed",
        "listed": "hard_bounced",
        "new": "something_new",
        "opened": "opened",
        "queued": "sent",
        "dead": "hard_bounced",
        "full": "soft_bounced",
        "spam": "soft_bounced",
    }
    email = {"message": {"id": "62f114f8"}, "recipient": {"email": message.email}, "tags": ["news", mark(message)]}
    morph: dict[str, Any] | None = None
    if what in WORDS:
        morph = {"object": "recipient_bounce", "reason": WORDS[what]}
    if what == "listed":
        morph = {"object": "recipient_bounce", "reason": "Recipient is on the suppression list"}
    data = {"type": words[what], "id": "62f114f9", "created_at": "2026-11-27T13:53:30.000000Z", "email": email}
    return {"type": f"activity.{words[what]}", "data": {**data, "morph": morph}}


def postal(message: Message, what: str) -> dict[str, Any]:
    ours = {"id": 12345, "direction": "outgoing", "message_id": message_id(message).strip("<>"), "to": message.email}
    told: dict[str, Any] = {
        "delivered": ("MessageSent", {"status": "Sent", "details": "Message sent by SMTP", "output": "250 OK"}),
        "delayed": ("MessageDelayed", {"status": "SoftFail", "details": "Temporary", "output": "450 4.2.1 later"}),
        "listed": ("MessageHeld", {"status": "Held", "details": "Recipient (x) is on the suppression list"}),
        "new": ("SomethingNew", {"status": "Strange"}),
        "opened": ("MessageLoaded", {"user_agent": "Mozilla/5.0"}),
    }
    for name, words in WORDS.items():
        told[name] = ("MessageDeliveryFailed", {"status": "HardFail", "details": "Permanent failure", "output": words})
    event, payload = told[what]
    return {"event": event, "payload": {**payload, "message": ours}}


def mandrill(message: Message, what: str) -> list[dict[str, Any]]:
    of = {"_id": "4761629", "email": message.email, "metadata": {"tallypost": mark(message)}, "state": "sent"}
    told: dict[str, Any] = {
        "delivered": ("delivered", {"diag": "250 OK"}),
        "delayed": ("deferral", {"diag": "450 4.2.1 try again later"}),
        "complaint": ("spam", {}),
        "left": ("unsub", {}),
        "listed": ("reject", {"reject": {"reason": "hard-bounce"}}),
        "new": ("something_new", {}),
        "opened": ("open", {}),
        "queued": ("send", {}),
        "dead": ("hard_bounce", {"bounce_description": "bad_mailbox", "diag": f"smtp;{WORDS['dead']}"}),
        "full": ("soft_bounce", {"bounce_description": "mailbox_full", "diag": f"smtp;{WORDS['full']}"}),
        "spam": ("soft_bounce", {"bounce_description": "spam", "diag": f"smtp;{WORDS['spam']}"}),
    }
    word, more = told[what]
    return [{"event": word, "ts": 1_790_000_000, "_id": "4761629", "msg": {**of, **more}}]


EVENTS = {
    "amazon_ses": amazon_ses,
    "brevo": brevo,
    "mailersend": mailersend,
    "mailgun": mailgun,
    "mailjet": mailjet,
    "mandrill": mandrill,
    "postal": postal,
    "postmark": postmark,
    "resend": resend,
    "sendgrid": sendgrid,
    "sparkpost": sparkpost,
}
# What a provider has no word for: Postal neither hears complaints nor lets anybody leave, Resend only the former.
UNSAID = {"postal": {"complaint", "left"}, "resend": {"left"}}


def touched(kind: str, message: Message, word: str, at: datetime, **more: Any) -> Any:
    """`word`: opened or clicked; `more`: what a provider adds to say by whom, in its own form."""
    event: Any = EVENTS[kind](message, "opened")
    is_click, seconds = word == "clicked", at.timestamp()
    if kind == "sendgrid":
        return [{**event[0], "event": "click" if is_click else "open", "timestamp": int(seconds), **more}]
    if kind == "mailgun":
        return {**event, "event": word, "timestamp": seconds, **more}
    if kind == "sparkpost":
        ((event_class, one),) = event[0]["msys"].items()
        one = {**one, "type": "click" if is_click else "open", "timestamp": str(int(seconds)), **more}
        return [{"msys": {event_class: one}}]
    if kind == "brevo":
        return {**event, "event": "click" if is_click else "opened", "ts_epoch": int(seconds * 1000), **more}
    if kind == "amazon_ses":
        what = "Click" if is_click else "Open"
        return {"eventType": what, what.lower(): {"timestamp": at.isoformat(), **more}, "mail": event["mail"]}
    raise ValueError(kind)
