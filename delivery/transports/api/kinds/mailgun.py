"""Mailgun: POST {domain}/messages.mime, a whole mail."""

from typing import Any
from urllib.parse import quote

from delivery.transports.api.answers import LOGIN, QUOTA, RECIPIENT, SENDER
from delivery.transports.api.forms import Mail, Request
from delivery.transports.api.multipart import multipart
from delivery.transports.api.through_anymail import Whole, basic


class Mailgun(Whole):
    name = "Mailgun"
    backend = "mailgun"
    phrases = (
        (r"domain not found|is not allowed to send|activate your|unverified|disabled", SENDER),
        (r"invalid private key|^forbidden$|^\s*forbidden", LOGIN),
        (r"message limit reached|sending limit|quota", QUOTA),
        (r"'to' parameter|to parameter is not a valid", RECIPIENT),
    )

    def settings(self) -> dict[str, Any]:
        return {"sender_domain": self.account.option("domain")}

    def write(self, mail: Mail) -> Request:
        fields = {"to": mail.recipient, "o:tracking": "no", "o:tracking-clicks": "no", "o:tracking-opens": "no"}
        kind, body = multipart(fields, "message", mail.build())
        domain = quote(self.account.option("domain"), safe="")
        headers = {"Content-Type": kind, "Authorization": basic("api", self.account.key)}
        return Request(f"{self.esp.api_url}{domain}/messages.mime", headers, body, about=self.about(mail))


SERVICE = Mailgun
