"""Brevo: POST smtp/email.

Its key acts once within half an hour, and answers a repetition by an error that does not say what became of the first:
then the mail stays uncertain, and its events settle it.
"""

import json
from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from anymail.message import AnymailMessage

from accounts.egress.fetching import Answer
from delivery.transports.api.answers import LOGIN, QUOTA, RECIPIENT, SENDER, names
from delivery.transports.api.forms import Mail, NotTaken, Request, Told, Unknown
from delivery.transports.api.through_anymail import ByFields


class Brevo(ByFields):
    name = "Brevo"
    backend = "brevo"
    repeats = True
    withheld = frozenset({"message-id"})
    phrases = (
        (r"not_enough_credits|credits? (?:is|are)? ?exhausted", QUOTA),
        (r"unauthorized|key not found|permission_denied|account_under_validation", LOGIN),
        (r"sender.{0,60}(?:not valid|not valid|inactive|not verified)|valid sender", SENDER),
        (r"email is not valid in to|invalid .{0,20}\bto\b", RECIPIENT),
    )

    def mark(self, message: AnymailMessage, mail: Mail) -> None:
        message.extra_headers["X-Mailin-custom"] = mail.mark
        if mail.mark:
            message.extra_headers["idempotencyKey"] = str(uuid5(NAMESPACE_URL, f"tallypost:{mail.mark}"))

    def rehearse(self, mail: Mail) -> Request | None:
        written = self.write(mail)
        said = json.loads(written.body)
        said["headers"] = said.get("headers", {}) | {"X-Sib-Sandbox": "drop"}
        return replace(written, body=json.dumps(said).encode())

    def ask_quota(self) -> Request | None:
        return Request(f"{self.esp.api_url}account", {"api-key": self.account.key}, b"", method="GET")

    def quota(self, answer: Answer) -> Told:
        plans = [plan for plan in json.loads(answer.body)["plan"] if plan.get("creditsType") == "sendLimit"]
        if not plans:
            raise ValueError("no plan of mails")
        left = sum(int(plan["credits"]) for plan in plans)
        return Told(f"{left:,} mails are left in your Brevo plan.", left)

    def not_taken(self, request: Request, answer: Answer) -> NotTaken | Unknown:
        if "duplicate_parameter" in names(answer):
            return Unknown("Brevo has had this request before, and does not say what became of it.")
        return super().not_taken(request, answer)


SERVICE = Brevo
