"""Twilio SendGrid: POST mail/send."""

import json
from dataclasses import replace
from typing import Any

from anymail.message import AnymailMessage

from accounts.egress.fetching import Answer
from delivery.transports.api.answers import LOGIN, QUOTA, RECIPIENT, SENDER
from delivery.transports.api.forms import Mail, Request, Told
from delivery.transports.api.through_anymail import ByFields


class SendGrid(ByFields):
    name = "SendGrid"
    backend = "sendgrid"
    phrases = (
        (r"maximum credits exceeded", QUOTA),
        (r"verified sender identity|from address does not match", SENDER),
        (r"access forbidden|authorization grant is invalid|permission", LOGIN),
        (r"does not contain a valid address", RECIPIENT),
    )

    def settings(self) -> dict[str, Any]:
        return {"generate_message_id": False}

    def mark(self, message: AnymailMessage, mail: Mail) -> None:
        message.metadata = {"tallypost": mail.mark} if mail.mark else {}
        message.track_clicks = message.track_opens = False

    def rehearse(self, mail: Mail) -> Request | None:
        written = self.write(mail)
        said = json.loads(written.body) | {"mail_settings": {"sandbox_mode": {"enable": True}}}
        return replace(written, body=json.dumps(said).encode())

    def ask_quota(self) -> Request | None:
        return self.bearer_question("user/credits")

    def quota(self, answer: Answer) -> Told:
        said = json.loads(answer.body)
        left, until = int(said["remain"]), str(said["next_reset"])[:20]
        return Told(f"{left:,} of {int(said['total']):,} mails are left until {until}.", left)

    def receipt(self, answer: Answer, message_id: object) -> str:
        return answer.headers.get("x-message-id", "")


SERVICE = SendGrid
