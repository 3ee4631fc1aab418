"""Delivery status notifications: RFC 3464, and RFC 6533 for international addresses. Pure.

Fields are read wherever they stand: in a part of their own, in the text of mailers without one, quoted by a person who
passed the report on. Blank lines part recipients, and so does a field that comes again.
"""

import re
from dataclasses import dataclass, field

_FIELDS = frozenset(
    {
        "reporting-mta", "arrival-date", "original-envelope-id", "dsn-gateway", "received-from-mta",
        "final-recipient", "original-recipient", "action", "status", "remote-mta", "diagnostic-code",
        "last-attempt-date", "final-log-id", "will-retry-until",
    }
)  # fmt: skip
_OF_A_RECIPIENT = frozenset({"final-recipient", "original-recipient", "action", "status", "diagnostic-code"})
_LINES = 4_000
_RECIPIENTS = 100
_VALUE_CHARS = 4_000
_FIELD = re.compile(r"(?P<name>[A-Za-z][A-Za-z-]{3,40})[ \t]*:(?P<value>.*)")
_QUOTED = re.compile(r"^(?:> ?)+")

Fields = dict[str, str]


@dataclass(slots=True)
class Status:
    """What stands of the whole mail, and of each recipient."""

    of_message: Fields = field(default_factory=dict)
    recipients: list[Fields] = field(default_factory=list)


def stands_in(text: str) -> bool:
    """Whether a mailer wrote its fields into a text, or a person quoted them."""
    return _IN_TEXT.search(text) is not None and _ACTION_IN_TEXT.search(text) is not None


_IN_TEXT = re.compile(r"^[> ]{0,10}(?:Final|Original)-Recipient:", re.IGNORECASE | re.MULTILINE)
_ACTION_IN_TEXT = re.compile(r"^[> ]{0,10}(?:Action|Status):", re.IGNORECASE | re.MULTILINE)


def action(fields: Fields) -> str:
    """As written, else what the status amounts to."""
    written = fields.get("action", "").partition(" ")[0].strip("();,").lower()
    return written or {"2": "delivered", "4": "delayed"}.get(number(fields)[:1], "failed")


def number(fields: Fields) -> str:
    found = _NUMBER.search(fields.get("status", "")[:40])
    return found[0] if found else ""


_NUMBER = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


def comment(fields: Fields) -> str:
    """What some mailers put behind the number, in brackets."""
    return fields.get("status", "").partition("(")[2].rstrip(") ")


def untyped(value: str) -> str:
    """Without the type in front: `smtp; 550 no such user`."""
    kind, semicolon, rest = value.partition(";")
    return " ".join((rest if semicolon and " " not in kind.strip() else value).split())


def read(text: str) -> Status:
    status, block = Status(), _Block()
    for line in text.split("\n", _LINES)[:_LINES]:
        if len(status.recipients) >= _RECIPIENTS:
            break
        line = (_QUOTED.sub("", line) if line.startswith(">") else line).rstrip()
        if not line:
            _end(status, block)
            block = _Block()
            continue
        found = _FIELD.match(line)
        name = found["name"].lower() if found else ""
        if found and (name in _FIELDS or name.startswith("x-")):
            if name in block.fields and name in ("final-recipient", "action"):
                _end(status, block)
                block = _Block()
            block.begin(name, found["value"].strip())
        else:
            block.go_on(line.strip())
    _end(status, block)
    return status


@dataclass(slots=True)
class _Block:
    fields: Fields = field(default_factory=dict)
    last: str = ""

    def begin(self, name: str, value: str) -> None:
        self.last = name if name not in self.fields else ""
        self.fields.setdefault(name, value)

    def go_on(self, words: str) -> None:
        """A folded line, or one that the mailer forgot to fold (nullmailer)."""
        if self.last and len(self.fields[self.last]) < _VALUE_CHARS:
            self.fields[self.last] = f"{self.fields[self.last]} {words}".strip()


def _end(status: Status, block: _Block) -> None:
    fields = block.fields
    if not _OF_A_RECIPIENT & fields.keys():
        for name, value in fields.items():
            status.of_message.setdefault(name, value)
        return
    last = status.recipients[-1] if status.recipients else None
    if (
        last is not None
        and "final-recipient" not in fields
        and "original-recipient" not in fields
        and not fields.keys() & last.keys()
    ):
        last.update(fields)  # a blank line within one recipient's fields
    else:
        status.recipients.append(fields)
