"""MailerSend: POST email."""

import json

from anymail.message import AnymailMessage

from accounts.egress.fetching import Answer
from delivery.transports.api.answers import LOGIN, QUOTA, RECIPIENT, SENDER
from delivery.transports.api.forms import Mail, NotTaken, Request, Taken, Told, Unknown
from delivery.transports.api.through_anymail import ByFields


class MailerSend(ByFields):
    name = "MailerSend"
    backend = "mailersend"
    key_name = "api_token"
    withheld = frozenset({"message-id"})
    phrases = (
        (r"unauthenticated", LOGIN),
        (r"quota|reached .{0,40}limit|ms422(?:20|21)", QUOTA),
        (r"from\.email|must be verified|ms42207", SENDER),
        (r"to\.\d+\.email", RECIPIENT),
    )

    def mark(self, message: AnymailMessage, mail: Mail) -> None:
        message.tags = [mail.mark] if mail.mark else []
        message.track_clicks = message.track_opens = False

    def ask_sender(self, address: str) -> Request | None:
        return self.bearer_question("domains?limit=100")

    def allows(self, address: str, answer: Answer) -> bool:
        verified = {each["name"] for each in json.loads(answer.body)["data"] if each["is_verified"]}
        return address.rpartition("@")[2] in verified

    def ask_quota(self) -> Request | None:
        return self.bearer_question("api-quota")

    def quota(self, answer: Answer) -> Told:
        left = int(json.loads(answer.body)["remaining"])
        return Told(f"{left:,} requests are left to your MailerSend account today.", left)

    def read(self, request: Request, answer: Answer) -> Taken | NotTaken | Unknown:
        # Anymail's reader wants a kind; without one there are no words in it.
        kind = answer.headers.get("content-type", "").partition(";")[0] or "text/html"
        headers = {**answer.headers, "content-type": kind}
        return super().read(request, Answer(answer.url, answer.status, headers, answer.body))


SERVICE = MailerSend
