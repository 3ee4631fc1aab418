"""Postmark: POST email."""

from typing import Any

from anymail.message import AnymailMessage

from delivery.transports.api.answers import ITS_LIST, LOGIN, QUOTA, RECIPIENT, SENDER, TOO_LARGE
from delivery.transports.api.forms import Mail
from delivery.transports.api.through_anymail import ByFields


class Postmark(ByFields):
    name = "Postmark"
    backend = "postmark"
    key_name = "server_token"
    phrases = (
        (r"^10\b", LOGIN),
        (r"^405\b|not allowed to send|run out of credits", QUOTA),
        (r"^40[01]\b|sender signature|invalid 'from'", SENDER),
        (r"^412\b|account is pending approval", SENDER),
        (r"^406\b|marked as inactive", ITS_LIST),
        (r"(invalid|error parsing) 'to'", RECIPIENT),
        (r"too large|exceeds? .{0,30}size", TOO_LARGE),
    )

    def settings(self) -> dict[str, Any]:
        return {"message_stream": self.account.option("stream") or None}

    def message(self, mail: Mail) -> AnymailMessage:
        message = super().message(mail)
        message.extra_headers["X-PM-KeepID"] = "true"  # our Message-ID, not one of its own
        return message

    def mark(self, message: AnymailMessage, mail: Mail) -> None:
        message.metadata = {"tallypost": mail.mark} if mail.mark else {}
        message.track_clicks = message.track_opens = False


SERVICE = Postmark
