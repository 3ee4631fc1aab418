"""Postal: POST api/v1/send/raw, a whole mail. Its errors come with status 200."""

import json
from base64 import b64encode
from typing import Any

from delivery.transports.api.answers import LOGIN, QUOTA, RECIPIENT, SENDER
from delivery.transports.api.forms import Mail, Request
from delivery.transports.api.through_anymail import Whole


class Postal(Whole):
    name = "Postal"
    backend = "postal"
    phrases = (
        (r"accessdenied|invalidserverapikey|serversuspended", LOGIN),
        (r"unauthenticatedfromaddress|from address is not authori", SENDER),
        (r"limit", QUOTA),
        (r"norecipients|invalid .{0,20}recipient", RECIPIENT),
    )

    def knock(self) -> Request:
        return self._request({}, None)

    def write(self, mail: Mail) -> Request:
        asked = {
            "mail_from": mail.return_address,
            "rcpt_to": [mail.recipient],
            "data": b64encode(mail.build()).decode("ascii"),
        }
        return self._request(asked, self.about(mail))

    def _request(self, asked: dict[str, Any], about: Any) -> Request:
        headers = {"X-Server-API-Key": self.account.key, "Content-Type": "application/json"}
        return Request(f"{self.esp.api_url}api/v1/send/raw", headers, json.dumps(asked).encode(), about=about)


SERVICE = Postal
