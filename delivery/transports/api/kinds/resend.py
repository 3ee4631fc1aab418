"""Resend: POST emails. With its Idempotency-Key a request is acted on once within 24 hours and answered alike."""

import json

from anymail.message import AnymailMessage

from accounts.egress.fetching import Answer
from delivery.transports.api.answers import LOGIN, QUOTA, RECIPIENT, SENDER, said
from delivery.transports.api.forms import Mail, NotTaken, Request, Told, Unknown
from delivery.transports.api.through_anymail import ByFields


class Resend(ByFields):
    name = "Resend"
    backend = "resend"
    repeats = True
    withheld = frozenset({"message-id"})
    phrases = (
        (r"daily_quota_exceeded|monthly_quota_exceeded", QUOTA),
        (r"missing_api_key|invalid_api_key|restricted_api_key|api key is invalid", LOGIN),
        (r"domain is not verified|own email address|invalid_from_address|not authorized to send", SENDER),
        (r"invalid `?to`?", RECIPIENT),
    )

    def mark(self, message: AnymailMessage, mail: Mail) -> None:
        message.extra_headers["X-Tallypost"] = mail.mark

    def request_headers(self, mail: Mail) -> dict[str, str]:
        return {"Idempotency-Key": f"tallypost/{mail.mark}"} if mail.mark else {}

    def ask_sender(self, address: str) -> Request | None:
        return self.bearer_question("domains")

    def allows(self, address: str, answer: Answer) -> bool:
        verified = {each["name"] for each in json.loads(answer.body)["data"] if each["status"] == "verified"}
        return address.rpartition("@")[2] in verified

    def ask_quota(self) -> Request | None:
        return self.bearer_question("usage")

    def quota(self, answer: Answer) -> Told:
        said = json.loads(answer.body)["emails"]
        return Told.of_windows({"today": said["daily"], "this month": said["monthly"]})

    def not_taken(self, request: Request, answer: Answer) -> NotTaken | Unknown:
        if answer.status == 409:  # a request with this key is under way, or was another one
            return Unknown(f"Resend answered 409: {said(answer)}", again=True)
        return super().not_taken(request, answer)


SERVICE = Resend
