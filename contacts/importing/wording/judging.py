"""What a cell of a column about consent says about its person. What it does not say is None, and never consent."""

import re
from collections.abc import Callable
from typing import Final

from contacts.importing.plan import Column, Status, Target
from contacts.importing.wording.cell_words import NO, NOTHING, STATUS_WORDS, YES, status_word
from contacts.importing.wording.concepts import meanings, tell_of_leaving
from contacts.importing.wording.naming import plain

_MOST_REMEMBERED: Final = 2_000
_LONGEST_PHRASE: Final = 60
_REPLY = re.compile(r"(?:smtp[;: ]*)?([45])(?:\d\d(?:[ -].*|$)|\.\d{1,3}\.\d{1,3}\b.*)", re.DOTALL)
_ENHANCED = re.compile(r"(?:smtp[;: ]*)?(?:[45]\d\d[ -][45]\.\d{1,3}\.\d{1,3}\b|[45]\.\d{1,3}\.\d{1,3} +[^\W\d])")
_BARE_CODE = re.compile(r"[45]\.[0-7]\.\d")
_DATE = re.compile(
    r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[T ,].*)?|\d{10}(?:\d{3})?|\w{3,9}\.? \d{1,2},? \d{4}.*"
    r"|\d{1,2}\.?[ -](?:de )?\w{3,9}\.?[ -](?:de )?\d{4}.*"
)
# What something in the column means, and what its absence means, for columns that tell one thing only.
_HAPPENED = {
    Target.OPTED_OUT: Status.UNSUBSCRIBED,
    Target.BOUNCED: Status.BOUNCED,
    Target.COMPLAINED: Status.COMPLAINED,
    Target.UNCONFIRMED: Status.UNCONFIRMED,
}
_MISSING = {Target.OPTED_IN: Status.UNSUBSCRIBED, Target.CONFIRMED: Status.UNCONFIRMED}

Judge = Callable[[str], "int | None"]


class ColumnJudge:
    """Judges the cells of one column; equal cells are judged once."""

    def __init__(self, column: Column) -> None:
        self._judge = _judge(column)
        self._meanings = dict(column.meanings)
        self._otherwise = column.otherwise
        self._remembered: dict[str, int | None] = {}

    def __call__(self, cell: str) -> int | None:
        try:
            return self._remembered[cell]
        except KeyError:
            found = self._look(word(cell))
            if len(self._remembered) < _MOST_REMEMBERED:
                self._remembered[cell] = found
            return found

    @property
    def has_words(self) -> bool:
        return any(map(word, self._remembered))

    def _look(self, text: str) -> int | None:
        if (decided := self._meanings.get(text)) is not None:
            return decided
        found = self._judge(text)
        return self._otherwise if found is None else found


def objection_judge(column: Column) -> Judge:
    """Judges the cells of a column that was guessed to be about consent, also where it had to be asked about."""
    if column.target != Target.ASK:
        return ColumnJudge(column)
    status = ColumnJudge(Column(Target.STATUS, otherwise=int(Status.SUBSCRIBED)))

    def judge(cell: str) -> int | None:
        is_no = word(cell) in NO or tell_of_leaving(cell.split(";"))
        return Status.UNSUBSCRIBED if is_no else status(cell)

    return judge


def word(cell: str) -> str:
    """The cell as it is compared: one spelling for all ways to write nothing."""
    text = status_word(plain(cell.strip().strip("'")))
    return "" if text in NOTHING else text


def is_date(text: str) -> bool:
    return bool(_DATE.fullmatch(text)) and not _BARE_CODE.fullmatch(text)


def is_enhanced_reply(text: str) -> bool:
    """Whether the text is what a mail server says when it refuses, told by its code of three numbers (RFC 3463)."""
    return bool(_ENHANCED.match(text))


def _judge(column: Column) -> Judge:
    target = Target(column.target)
    if target == Target.STATUS:
        return _status
    if target in _HAPPENED:
        return lambda text: _happened(text, _HAPPENED[target])
    if target in _MISSING:
        return lambda text: _given(text, _MISSING[target])
    return lambda text: None if text else Status.SUBSCRIBED  # not decided: whatever stands there is a question


def _status(text: str) -> int | None:
    if not text:
        return None
    if (known := STATUS_WORDS.get(text, _reply(text))) is not None or len(text) > _LONGEST_PHRASE:
        return known
    # "Opted out (import)": that somebody left is told by a stem, that somebody agreed only by a whole known word.
    said = meanings(text)
    return max(said) if said and min(said) > Status.SUBSCRIBED else None


def _happened(text: str, meaning: Status) -> int:
    """A date, a reason, a "yes": it happened. Only "no" and nothing say that it did not."""
    if not text or text in NO:
        return Status.SUBSCRIBED
    if text in YES:
        return meaning
    known = STATUS_WORDS.get(text)
    if known == Status.SUBSCRIBED or (known is None and meaning == Status.BOUNCED):
        return _reply(text) or meaning if known is None else known
    return max(known or meaning, meaning)


def _given(text: str, missing: Status) -> int | None:
    if not text or text in NO:
        return missing
    if text in YES or is_date(text):
        return Status.SUBSCRIBED
    return STATUS_WORDS.get(text)


def _reply(text: str) -> int | None:
    """The words of a mail server, as files of bounces quote them."""
    match = _REPLY.match(text)
    if not match:
        return None
    return Status.BOUNCED if match[1] == "5" else Status.SOFT_BOUNCED
