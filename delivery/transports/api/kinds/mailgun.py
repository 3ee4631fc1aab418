"""Mailgun: POST {domain}/messages.mime, a whole mail."""

import json
from typing import Any
from urllib.parse import quote, urljoin

from accounts.egress.fetching import Answer
from delivery.transports.api.answers import LOGIN, QUOTA, RATE, RECIPIENT, SENDER
from delivery.transports.api.forms import Mail, Request, Told
from delivery.transports.api.multipart import multipart
from delivery.transports.api.through_anymail import Whole, basic


class Mailgun(Whole):
    name = "Mailgun"
    backend = "mailgun"
    phrases = (
        (r"\blimit (?:\(\d+\) )?exceeded", RATE),  # in an hour or a day, whatever its status; it says until when
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

    def ask_quota(self) -> Request | None:
        """Of the account; a sending key may not ask."""
        url = urljoin(self.esp.api_url, "/v5/accounts/limit/custom/monthly")
        return Request(url, self._login, b"", method="GET")

    def quota(self, answer: Answer) -> Told:
        said = json.loads(answer.body)
        return Told.of_windows({"this month": {"used": said["current"], "limit": said["limit"]}})

    @property
    def _login(self) -> dict[str, str]:
        return {"Authorization": basic("api", self.account.key)}

    def _request(self, kind: str, body: bytes, about: Any) -> Request:
        domain = quote(self.account.option("domain"), safe="")
        headers = {"Content-Type": kind, **self._login}
        return Request(f"{self.esp.api_url}{domain}/messages.mime", headers, body, about=about)


SERVICE = Mailgun
