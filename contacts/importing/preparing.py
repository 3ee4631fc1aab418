"""One record to one contact, or the reason why not."""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from contacts import addresses, fields
from contacts.importing.plan import Plan, Status, Target
from contacts.models import Field

LONGEST_CELL = 10_000
_LONGEST_NAME = 200
_FORMULA = tuple("=+-@")

_STATUSES = {
    Status.SUBSCRIBED: (
        "subscribed,active,enabled,confirmed,optin,opt-in,opted in,yes,angemeldet,aktiv,inscrit,abonné,abonne,actif"
    ),
    Status.UNCONFIRMED: "unconfirmed,pending,unverified,not confirmed,unbestätigt,en attente",
    Status.UNSUBSCRIBED: (
        "unsubscribed,unsubscribe,unsub,cancelled,canceled,opted out,opted-out,optout,opt-out,inactive,disabled,"
        "blocklisted,blacklisted,blocked,suppressed,archived,deleted,removed,non-subscribed,nonsubscribed,"
        "transactional,no,abgemeldet,désinscrit,desinscrit,désabonné,desabonne"
    ),
    Status.BOUNCED: "bounced,bounce,hard bounced,hard bounce,hardbounce,cleaned,invalid,undeliverable,junk",
    Status.COMPLAINED: "complained,complaint,spam,marked as spam,spam complaint,abuse,spammed",
}
STATUS_WORDS = {word: status for status, words in _STATUSES.items() for word in words.split(",")}

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_time_zones = available_timezones()


class Refused(Exception):
    """The record is not imported; the message says why, `suggestion` is what was probably meant."""

    def __init__(self, reason: str, suggestion: str = "", *, group: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.suggestion = suggestion
        self.group = group or reason  # under which it is counted


@dataclass(slots=True)
class Person:
    email: str
    first_name: str
    last_name: str
    language: str
    time_zone: str
    attributes: str  # JSON
    status: int


Converter = Callable[[str, dict[str, Any]], None]


class Preparer:
    """Compiled once for a file, called for each of its records."""

    def __init__(self, plan: Plan, kinds: Mapping[str, str], header: Sequence[str] = ()) -> None:
        at = {column.target: index for index, column in enumerate(plan.columns)}
        self._width = len(plan.columns)
        self._email = at[Target.EMAIL]
        self._first_name = at.get(Target.FIRST_NAME)
        self._last_name = at.get(Target.LAST_NAME)
        self._full_name = at.get(Target.FULL_NAME)
        self._language = at.get(Target.LANGUAGE)
        self._time_zone = at.get(Target.TIME_ZONE)
        self._status = at.get(Target.STATUS)
        self._opted_out = [i for i, column in enumerate(plan.columns) if column.target == Target.OPTED_OUT]
        self._everyone = plan.everyone
        self._day_first = plan.day_first
        self._header = header
        self.keys_found: dict[str, str] = {}  # of JSON columns, with the kind of their first value
        self._converters = list(self._compile(plan, kinds))

    def prepare(self, cells: list[str]) -> Person:
        """Raises Refused."""
        if len(cells) != self._width:
            cells = self._fit(cells)
        email = self._address(cells[self._email].strip())
        first_name, last_name = self._names(cells)
        status = self._judge(cells) if self._status is not None or self._opted_out else self._everyone
        attributes = "{}"
        if self._converters:
            found: dict[str, Any] = {}
            for index, convert in self._converters:
                if (cell := cells[index]) and (text := _clean(cell)):
                    self._convert(index, convert, text, found)
            attributes = _encode(found) if found else "{}"
        language = _code(cells[self._language]) if self._language is not None else ""
        zone = cells[self._time_zone].strip() if self._time_zone is not None else ""
        return Person(
            email, first_name, last_name, language, zone if zone in _time_zones else "", attributes, int(status)
        )

    def _compile(self, plan: Plan, kinds: Mapping[str, str]) -> "list[tuple[int, Converter]]":
        compiled: list[tuple[int, Converter]] = []
        for index, column in enumerate(plan.columns):
            if column.target == Target.TAGS:
                compiled.append((index, _tags))
            elif column.target == Target.JSON:
                compiled.append((index, self._json))
            elif column.target in (Target.FIELD, Target.NEW):
                kind = kinds.get(column.key, column.kind) or Field.Kind.TEXT
                compiled.append((index, _field(column.key, kind, self._day_first)))
        return compiled

    def _fit(self, cells: list[str]) -> list[str]:
        if any(cells[self._width :]):
            raise Refused(
                f"The row has {len(cells)} cells, the file has {self._width} columns.", group="Too many cells"
            )
        return [*cells[: self._width], *[""] * (self._width - len(cells))]

    def _address(self, text: str) -> str:
        if text[:1] == "'":
            text = _clean(text)
        try:
            email = addresses.normalise(text)
        except addresses.InvalidAddress as problem:
            raise Refused(problem.reason, addresses.suggestion(text) or "", group=_group(problem.reason)) from None
        if meant := addresses.suggestion(email):
            raise Refused("The domain looks misspelt.", meant)
        return email

    def _names(self, cells: list[str]) -> tuple[str, str]:
        first = _clean(cells[self._first_name]) if self._first_name is not None else ""
        last = _clean(cells[self._last_name]) if self._last_name is not None else ""
        if self._full_name is not None and not (first and last):
            first, last = _split_name(_clean(cells[self._full_name]), first, last)
        if len(first) > _LONGEST_NAME or len(last) > _LONGEST_NAME:
            raise Refused("A name is longer than 200 characters.")
        return first, last

    def _judge(self, cells: list[str]) -> int:
        status: int = self._everyone
        if self._status is not None and (text := cells[self._status].strip()):
            word = text.lower().replace("_", " ")
            found = STATUS_WORDS.get(word)
            if found is None:
                raise Refused(f"The status “{text[:60]}” is not known.", group="Unknown status")
            status = max(status, found)
        if any(fields.is_yes(cells[index]) for index in self._opted_out):
            status = max(status, Status.UNSUBSCRIBED)
        return status

    def _convert(self, index: int, convert: Converter, text: str, found: dict[str, Any]) -> None:
        try:
            if len(text) > LONGEST_CELL:
                raise fields.BadValue("It is longer than 10,000 characters.")
            convert(text, found)
        except fields.BadValue as problem:
            name = self._header[index] if index < len(self._header) else f"Column {index + 1}"
            raise Refused(f"{name[:60]}: {problem}", group=f"{name[:60]}: a value of another kind") from None

    def _json(self, text: str, found: dict[str, Any]) -> None:
        try:
            data = json.loads(text, parse_constant=_refuse_constant)
            _encode(data).encode()
        except (ValueError, RecursionError):
            raise fields.BadValue("It is not readable JSON.") from None
        if not isinstance(data, dict) or "\\u0000" in text:
            raise fields.BadValue("It is not a readable JSON object.")
        for name, value in data.items():
            if value is None or value == "":
                continue
            key = fields.key_for(name) if name != "tags" else name
            found[key] = value
            if key not in self.keys_found and len(self.keys_found) < 100 and isinstance(value, (str, int, float)):
                self.keys_found[key] = _kind_of(value)


def _field(key: str, kind: str, day_first: bool) -> Converter:
    def text(cell: str, found: dict[str, Any]) -> None:
        found[key] = cell

    def typed(cell: str, found: dict[str, Any]) -> None:
        found[key] = fields.convert(kind, cell, day_first=day_first)

    return text if kind == Field.Kind.TEXT else typed


def _tags(text: str, found: dict[str, Any]) -> None:
    try:
        cells = next(csv.reader([text], skipinitialspace=True), [])
    except csv.Error:
        raise fields.BadValue("It is not a list of tags.") from None
    found["tags"] = [tag.strip() for tag in cells if tag.strip()]


def _clean(cell: str) -> str:
    """One line, trimmed, without the ' that keeps a spreadsheet from running it as a formula."""
    text = " ".join(cell.split())
    return text[1:] if text[:1] == "'" and text[1:].lstrip().startswith(_FORMULA) else text


def _split_name(full: str, first: str, last: str) -> tuple[str, str]:
    if "," in full and full.count(",") == 1 and not first and not last:
        family, _, given = full.partition(",")
        return given.strip(), family.strip()
    given, _, family = full.partition(" ")
    return first or given, last or family


def _code(text: str) -> str:
    code = text.strip()
    return code if len(code) <= 12 else ""


def _group(reason: str) -> str:
    return "The domain is not valid." if "“" in reason else reason


def _kind_of(value: object) -> str:
    if isinstance(value, bool):
        return Field.Kind.BOOLEAN
    return Field.Kind.NUMBER if isinstance(value, (int, float)) else Field.Kind.TEXT


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
