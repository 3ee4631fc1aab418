"""SparkPost: POST transmissions, with the whole mail as email_rfc822."""

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from accounts.egress.fetching import Answer
from delivery.transports.api.answers import ITS_LIST, LOGIN, QUOTA, RECIPIENT, SENDER
from delivery.transports.api.forms import Mail, Request, Told
from delivery.transports.api.through_anymail import Whole


class SparkPost(Whole):
    name = "SparkPost"
    backend = "sparkpost"
    phrases = (
        (r"unauthorized|forbidden", LOGIN),
        (r"sending domain|\b7001\b", SENDER),
        (r"exceed.{0,30}(?:sending )?(?:limit|quota)|\b420\b", QUOTA),
        (r"suppress|\b1902\b", ITS_LIST),
        (r"at least one valid recipient|invalid .{0,20}recipient|\b5002\b", RECIPIENT),
    )

    def knock(self) -> Request:
        return self._request({}, None)

    def write(self, mail: Mail) -> Request:
        asked = {
            "options": {"open_tracking": False, "click_tracking": False},
            "return_path": mail.return_address,
            "recipients": [{"address": {"email": mail.recipient}, "metadata": {"tallypost": mail.mark}}],
            "content": {"email_rfc822": mail.build().decode("ascii")},
        }
        return self._request(asked, self.about(mail))

    def ask_sender(self, address: str) -> Request | None:
        return self._question(f"sending-domains/{quote(address.rpartition('@')[2], safe='')}")

    def allows(self, address: str, answer: Answer) -> bool:
        if answer.status == HTTPStatus.NOT_FOUND:
            return False
        return bool(json.loads(answer.body)["results"]["status"]["ownership_verified"])

    def ask_quota(self) -> Request | None:
        return self._question("account?include=usage")

    def quota(self, answer: Answer) -> Told:
        usage = json.loads(answer.body)["results"]["usage"]
        return Told.of_windows({"today": usage["day"], "this month": usage["month"]})

    def _question(self, path: str) -> Request:
        return Request(f"{self.esp.api_url}{path}", {"Authorization": self.account.key}, b"", method="GET")

    def _request(self, asked: dict[str, Any], about: Any) -> Request:
        headers = {"Authorization": self.account.key, "Content-Type": "application/json"}
        return Request(f"{self.esp.api_url}transmissions/", headers, json.dumps(asked).encode(), about=about)


SERVICE = SparkPost
