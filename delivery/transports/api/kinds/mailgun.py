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

    def knock(self) -> Request:
        kind, body = multipart({"o:testmode": "yes"}, "message", b"Subject: nobody\r\n\r\n")
        return self._request(kind, body, None)

    def write(self, mail: Mail) -> Request:
        fields = {"to": mail.recipient, "o:tracking": "no", "o:tracking-clicks": "no", "o:tracking-opens": "no"}
        kind, body = multipart(fields, "message", mail.build())
        return self._request(kind, body, self.about(mail))

    def rehearse(self, mail: Mail) -> Request | None:
        kind, body = multipart({"to": mail.recipient, "o:testmode": "yes"}, "message", mail.build())
        return self._request(kind, body, self.about(mail))

    def _request(self, kind: str, body: bytes, about: Any) -> Request:
        domain = quote(self.account.option("domain"), safe="")
        headers = {"Content-Type": kind, "Authorization": basic("api", self.account.key)}
        return Request(f"{self.esp.api_url}{domain}/messages.mime", headers, body, about=about)


SERVICE = Mailgun
