"""Amazon SES: SendRawEmail, a whole mail with its envelope sender, which events give back.

Without anymail's backend: that sends by boto3 (its newer call has no envelope sender), 90 MB for one signed request.
"""

import re
from base64 import b64encode
from http import HTTPStatus
from urllib.parse import urlencode

from accounts.egress.fetching import Answer
from delivery.transports.api import aws_signing
from delivery.transports.api.answers import LOGIN, QUOTA, RATE, RECIPIENT, SENDER, not_taken
from delivery.transports.api.forms import Account, Mail, NotTaken, Request, Taken, Told, Unknown

_MESSAGE_ID = re.compile(rb"<MessageId>([\w.-]+)</MessageId>")
_OF_ITS_SANDBOX = 200
_UNLIMITED = -1
_QUOTA = re.compile(r"<(Max24HourSend|SentLast24Hours|MaxSendRate)>(-?[\d.]+)</")
_PHRASES = (
    (r"daily message quota exceeded", QUOTA),
    (r"throttling|rate exceeded", RATE),
    (r"not verified|mailfromdomainnotverified|configurationset|sendingpaused|sending paused", SENDER),
    (
        r"invalidclienttokenid|signaturedoesnotmatch|accessdenied|incompletesignature|optinrequired|"
        r"missingauthenticationtoken|requestexpired|unrecognizedclient",
        LOGIN,
    ),
    (r"domain contains illegal|local address contains|missing final|illegal address|invalid destination", RECIPIENT),
)


class AmazonSes:
    name = "Amazon SES"

    def __init__(self, account: Account) -> None:
        self.account = account

    def write(self, mail: Mail) -> Request:
        asked = {
            "Action": "SendRawEmail",
            "Source": mail.return_address,
            "Destinations.member.1": mail.recipient,
            "RawMessage.Data": b64encode(mail.build()).decode("ascii"),
        }
        if chosen := self.account.option("configuration_set"):
            asked["ConfigurationSetName"] = chosen
        return self._signed(asked, mail.recipient)

    def knock(self) -> Request:
        return self._signed({"Action": "GetSendQuota"}, "")

    def rehearse(self, mail: Mail) -> Request | None:
        return None

    def ask_sender(self, address: str) -> Request | None:
        """A domain that is verified may send for all below it, too."""
        labels = address.rpartition("@")[2].split(".")
        names = [address, *(".".join(labels[first:]) for first in range(len(labels) - 1))]
        asked = {f"Identities.member.{number}": name for number, name in enumerate(names, 1)}
        return self._signed({"Action": "GetIdentityVerificationAttributes", **asked}, "")

    def allows(self, address: str, answer: Answer) -> bool:
        if answer.status != HTTPStatus.OK:
            raise ValueError("this key may not ask")
        return b"<VerificationStatus>Success<" in answer.body

    def ask_quota(self) -> Request | None:
        return self.knock()

    def quota(self, answer: Answer) -> Told:
        said = {name: int(float(value)) for name, value in _QUOTA.findall(answer.body.decode("utf-8", "replace"))}
        most = said["Max24HourSend"]
        limit = None if most == _UNLIMITED else most
        told = Told.of_windows({"for 24 hours": {"used": said["SentLast24Hours"], "limit": limit}})
        words = f"{told.words} It takes {said['MaxSendRate']:,} a second."
        if limit is not None and limit <= _OF_ITS_SANDBOX:
            words += " The account is in Amazon’s sandbox: it reaches verified addresses only."
        return Told(words, told.left)

    def read(self, request: Request, answer: Answer) -> Taken | NotTaken | Unknown:
        found = _MESSAGE_ID.search(answer.body)
        if answer.status == HTTPStatus.OK and found:
            return Taken(found[1].decode("ascii"))
        return not_taken(self.name, answer, str(request.about), _PHRASES)

    def _signed(self, asked: dict[str, str], about: str) -> Request:
        body = urlencode({**asked, "Version": "2010-12-01"}).encode()
        headers = aws_signing.headers(
            self.account.url,
            {"Content-Type": "application/x-www-form-urlencoded"},
            body,
            aws_signing.Signer(self.account.user, self.account.key, self.account.option("region"), "ses"),
        )
        return Request(self.account.url, headers, body, about=about)


SERVICE = AmazonSes
