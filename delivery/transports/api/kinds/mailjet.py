"""Mailjet: POST v3.1/send."""

import json
from dataclasses import replace
from typing import Any

from anymail.message import AnymailMessage

from delivery.transports.api.answers import LOGIN, RECIPIENT, SENDER
from delivery.transports.api.forms import Mail, Request
from delivery.transports.api.through_anymail import ByFields


class Mailjet(ByFields):
    name = "Mailjet"
    backend = "mailjet"
    # It takes no header that it writes itself.
    withheld = frozenset({"message-id"})
    phrases = (
        (r"mj-0002|api key authentication|mj-0001", LOGIN),
        (r"send-0008|not an authorized sender|sender address .{0,40}not", SENDER),
        (r"to\[\d+\]|messages?\.?\d*\.to\b|is an invalid email address", RECIPIENT),
    )

    def settings(self) -> dict[str, Any]:
        return {"api_key": self.account.user, "secret_key": self.account.key}

    key_name = "ignore_recipient_status"  # both of its keys are among the settings

    def rehearse(self, mail: Mail) -> Request | None:
        written = self.write(mail)
        said = json.loads(written.body) | {"SandboxMode": True}
        return replace(written, body=json.dumps(said).encode())

    def mark(self, message: AnymailMessage, mail: Mail) -> None:
        message.esp_extra = {"Globals": {"CustomID": mail.mark}}
        message.track_clicks = message.track_opens = False


SERVICE = Mailjet
