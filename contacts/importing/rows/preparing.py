"""One record to one contact, or the reason why not."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from zoneinfo import available_timezones

from contacts import addresses, fields
from contacts.guessing import languages
from contacts.importing.plan import BELONGING, CONSENT, COUNTING, Column, Plan, Status, Target
from contacts.importing.reading.cells import NULLS, clean, moment, split_names
from contacts.importing.rows.quoting import Quoting
from contacts.importing.rows.suspecting import is_disposable, is_role
from contacts.importing.wording.cell_words import NO, YES
from contacts.importing.wording.judging import ColumnJudge, objection_judge, word
from contacts.models import Field, TrackingConsent

LONGEST_CELL = 10_000
APOSTROPHES = frozenset("'’‘`´")
LONGEST_NAME = 200
_LONGEST_CODE = 12
_MOST_LISTS = 500
_MOST_WORDS = 50
_MOST_OPTIONS = 100
_DEEPEST = 5  # objects within each other
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LANGUAGE_CODE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
_NOT_ASKED, _REFUSALS = frozenset(map(word, ("unknown", "not asked"))), frozenset(map(word, ("refused", "withdrawn")))

encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
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
    remarks: tuple[str, ...] = ()  # values that could not be taken over, the person is imported without them
    belongs: "Belonging | None" = None
    told: str = ""  # what the file says itself of how they agreed or left


@dataclass(slots=True)
class Belonging:
    """What only some files tell: lists, as numbers in `Preparer.lists_found`, how a suppression came about, and whether
    opens and clicks may be counted (TrackingConsent; "" when the row does not say)."""

    lists: list[int]
    unconfirmed: list[int]
    left: list[int]
    detail: str
    source: str
    since: str
    opens: str
    clicks: str


Converter = Callable[[str, dict[str, Any]], None]


class Preparer:
    """Compiled once for a file, called for each of its records."""

    def __init__(
        self,
        plan: Plan,
        kinds: Mapping[str, str],
        header: Sequence[str] = (),
        guessed: Sequence[Column] = (),
        options: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        at = {column.target: index for index, column in enumerate(plan.columns)}
        self._width = len(plan.columns)
        self._email = at[Target.EMAIL]
        self._first_name = at.get(Target.FIRST_NAME)
        self._last_name = at.get(Target.LAST_NAME)
        self._full_name = at.get(Target.FULL_NAME)
        self._language = at.get(Target.LANGUAGE)
        self._time_zone = at.get(Target.TIME_ZONE)
        self.judges = [(i, ColumnJudge(column)) for i, column in enumerate(plan.columns) if column.target in CONSENT]
        # Columns that speak of consent, as they were guessed, but were chosen to be something else.
        self.overruled = [
            (index, objection_judge(guess))
            for index, (guess, column) in enumerate(zip(guessed, plan.columns, strict=False))
            if guess.target in CONSENT and column.target not in CONSENT and not column.is_disregarded
        ]
        self.objections: dict[int, Counter[str]] = {}  # by such a column: its words of people who would get mail
        self._everyone: int = plan.everyone
        self._belonging = {name: at.get(name) for name in BELONGING} if plan.tells_belonging else None
        self.lists_found: dict[str, int] = {}
        self.unknown: dict[int, Counter[str]] = {}  # by column: words about consent that nobody has explained yet
        self._day_first = plan.day_first
        self._header = header
        self.keys_found: dict[str, str] = {}  # of JSON columns, with the kind of their first value
        self._options = options  # of the fields there are, by key
        self.options_found: dict[str, list[str]] = {}  # of new fields of choices
        self.converters = list(self._compile(plan, kinds))
        self._tags = list(plan.tags)
        self._no_attributes = encode({"tags": self._tags}) if plan.tags else "{}"
        self.quote = Quoting(plan, header) if plan.tells_proof else None
        self._leaves_out = (plan.leaves_out_roles, plan.leaves_out_disposable)
        self.roles = self.disposable = 0  # addresses of offices, and to be thrown away

    def prepare(self, cells: list[str]) -> Person:
        """Raises Refused."""
        if len(cells) != self._width:
            cells = self._fit(cells)
        remarks: list[str] = []
        email = self._address(cells[self._email].strip())
        first_name, last_name = self._names(cells, remarks)
        status = self._judged(cells) if self.judges else self._everyone
        if self.overruled and status == Status.SUBSCRIBED:
            self.count_objections(cells)
        if is_role(email) or is_disposable(email):
            self._suspect(email, status)
        attributes = self._no_attributes
        if self.converters:
            found: dict[str, Any] = {}
            for index, convert in self.converters:
                if (cell := cells[index]) and (text := clean(cell)):
                    self.convert(index, convert, text, found, remarks)
            if found and self._tags:
                found["tags"] = list(dict.fromkeys([*found.get("tags", ()), *self._tags]))
            attributes = encode(found) if found else self._no_attributes
        language = self.code(cells[self._language], remarks) if self._language is not None else ""
        zone = self.zone(clean(cells[self._time_zone]), remarks) if self._time_zone is not None else ""
        belonging = self._belongs(cells, remarks) if self._belonging else None
        told = self.quote(cells, status) if self.quote else ""
        return Person(
            email, first_name, last_name, language, zone, attributes, int(status), tuple(remarks), belonging, told
        )

    def _suspect(self, email: str, status: int) -> None:
        """Count it, and leave it out if that was chosen; never who gets no mail anyway: that has to be known here."""
        role, disposable = is_role(email), is_disposable(email)
        self.roles += role
        self.disposable += disposable
        if status < Status.HELD and role and self._leaves_out[0]:
            raise Refused("It is the address of an office, not of a person.")
        if status < Status.HELD and disposable and self._leaves_out[1]:
            raise Refused("It is an address made to be thrown away.")

    def has_words(self, column: int) -> bool:
        """Whether a column about consent said anything at all so far."""
        return any(judge.has_words for index, judge in self.judges if index == column)

    def _compile(self, plan: Plan, kinds: Mapping[str, str]) -> "list[tuple[int, Converter]]":
        compiled: list[tuple[int, Converter]] = []
        for index, column in enumerate(plan.columns):
            if column.target == Target.TAGS:
                compiled.append((index, _tags))
            elif column.target == Target.JSON:
                compiled.append((index, self._json))
            elif column.target in (Target.FIELD, Target.NEW):
                kind = kinds.get(column.key, column.kind) or Field.Kind.TEXT
                if kind in (Field.Kind.CHOICE, Field.Kind.CHOICES):
                    compiled.append((index, self._choosing(column, kind)))
                else:
                    compiled.append((index, _field(column.key, kind, self._day_first)))
        return compiled

    def _fit(self, cells: list[str]) -> list[str]:
        if any(cells[self._width :]):
            raise Refused(
                f"The row has {len(cells)} cells, the file has {self._width} columns.", group="Too many cells"
            )
        return [*cells[: self._width], *[""] * (self._width - len(cells))]

    def _address(self, text: str) -> str:
        if text[:1] in APOSTROPHES:  # a spreadsheet's mark for text; some quote the whole cell with it
            text = text[1:].strip()
            text = text[:-1] if text[-1:] in APOSTROPHES else text
        try:
            email = addresses.normalise(text)
        except addresses.InvalidAddress as problem:
            if text in NULLS:
                raise Refused("There is no address.") from None
            raise Refused(problem.reason, addresses.suggestion(text) or "", group=_group(problem.reason)) from None
        if addresses.is_misspelt(email):
            raise Refused("The domain looks misspelt.", addresses.suggestion(email) or "")
        return email

    def _names(self, cells: list[str], remarks: list[str]) -> tuple[str, str]:
        first = clean(cells[self._first_name]) if self._first_name is not None else ""
        last = clean(cells[self._last_name]) if self._last_name is not None else ""
        if self._full_name is not None and not (first and last):
            first, last = split_name(clean(cells[self._full_name]), first, last)
        if len(first) > LONGEST_NAME or len(last) > LONGEST_NAME:
            remarks.append("Name: It is longer than 200 characters.")
            return first if len(first) <= LONGEST_NAME else "", last if len(last) <= LONGEST_NAME else ""
        return first, last

    def _judged(self, cells: list[str]) -> int:
        """The gravest that the columns say; UNKNOWN where a word that nobody explained could make it graver."""
        status, unknown = self._everyone, None
        for index, judge in self.judges:
            found = judge(cells[index])
            if found is None:
                unknown = [*(unknown or ()), index]
            elif found > status:
                status = found
        if unknown is None or status >= Status.HELD:
            return status
        for index in unknown:
            words = self.unknown.setdefault(index, Counter())
            text = word(cells[index])
            if text in words or len(words) < _MOST_WORDS:
                words[text] += 1
        # An empty cell alone is not unknown before the column has said anything: see questions.open_ones.
        return Status.UNKNOWN if any(cells[index].strip() for index in unknown) else status

    def count_objections(self, cells: list[str]) -> None:
        for index, judge in self.overruled:
            if judge(cells[index]) != Status.SUBSCRIBED:
                words = self.objections.setdefault(index, Counter())
                text = word(cells[index])[:LONGEST_NAME]
                words[text if text in words or len(words) < _MOST_WORDS else "…"] += 1

    def _belongs(self, cells: list[str], remarks: list[str]) -> Belonging:
        text = {name: cells[index] if index is not None else "" for name, index in (self._belonging or {}).items()}
        return Belonging(
            self._list_numbers(text[Target.LISTS]),
            self._list_numbers(text[Target.LISTS_UNCONFIRMED]),
            self._list_numbers(text[Target.LISTS_LEFT]),
            clean(text[Target.DETAIL])[:1000],
            clean(text[Target.SOURCE])[:60],
            moment(clean(text[Target.SINCE])),
            *(_counting(text[target], target, remarks) for target in COUNTING),
        )

    def _list_numbers(self, cell: str) -> list[int]:
        """Numbers of the lists named in the cell. Beyond the limit it is no column of lists: the rest stays out."""
        found = [name[:120] for name in split_names(cell)]
        known = self.lists_found
        return [known.setdefault(name, len(known) + 1) for name in found if name in known or len(known) < _MOST_LISTS]

    def code(self, text: str, remarks: list[str]) -> str:
        code = _language(clean(text))
        if len(code) <= _LONGEST_CODE:
            return code
        remarks.append("Language: It is longer than 12 characters.")
        return ""

    def zone(self, text: str, remarks: list[str]) -> str:
        if not text or text in _time_zones:
            return text
        remarks.append(f"Time zone: “{text[:60]}” is not known.")
        return ""

    def convert(self, index: int, convert: Converter, text: str, found: dict[str, Any], remarks: list[str]) -> None:
        try:
            if len(text) > LONGEST_CELL:
                raise fields.BadValue("It is longer than 10,000 characters.")
            convert(text, found)
        except fields.BadValue as problem:
            name = self._header[index] if index < len(self._header) else f"Column {index + 1}"
            remarks.append(f"{name[:60]}: {problem}")

    def _choosing(self, column: Column, kind: str) -> Converter:
        """Spelt as the field offers it, else as the file does first; a new field offers what the file has."""
        options = list(self._options.get(column.key, ()))
        if column.key not in self._options:
            self.options_found[column.key] = options
        most = len(options) + _MOST_OPTIONS

        @lru_cache(maxsize=4096)
        def spelt(cell: str) -> fields.Value:
            value = fields.convert(kind, cell, options=options)
            for one in value if isinstance(value, list) else [value]:
                if one not in options and len(options) < most:
                    options.append(str(one))
            return value

        def convert(cell: str, found: dict[str, Any]) -> None:
            found[column.key] = spelt(cell)

        return convert

    def _json(self, text: str, found: dict[str, Any]) -> None:
        try:
            data = json.loads(text, parse_constant=_refuse_constant)
            encode(data).encode()
        except (ValueError, RecursionError):
            raise fields.BadValue("It is not readable JSON.") from None
        if not isinstance(data, dict) or "\\u0000" in text:
            raise fields.BadValue("It is not a readable JSON object.")
        told = data.pop("tags", None)
        if told and not isinstance(told, dict):
            _tags(told if isinstance(told, str) else encode(told), found)
        for name, value in _flat(data):
            if value is None or value == "":
                continue
            key = fields.key_for(name)
            found[key] = self._listed(key, value) if _is_choices(value) else value
            self._note_kind(key, value)

    def _note_kind(self, key: str, value: object) -> None:
        """A field has the kind of its first value; a date only as long as all of them are days."""
        known = self.keys_found.get(key)
        if known == Field.Kind.DATE and (kind := _kind_of(value)) != known:
            self.keys_found[key] = kind
        elif (
            known is None
            and len(self.keys_found) < 100
            and (_is_choices(value) or isinstance(value, (str, int, float)))
        ):
            self.keys_found[key] = _kind_of(value)

    def _listed(self, key: str, values: list[object]) -> list[str]:
        """As a field of several choices holds them, which a new one then offers."""
        chosen = fields.once(str(one) for one in values)
        if key not in self._options:
            options = self.options_found.setdefault(key, [])
            options += [one for one in chosen if one not in options][: _MOST_OPTIONS - len(options)]
        return chosen


def _field(key: str, kind: str, day_first: bool) -> Converter:
    def text(cell: str, found: dict[str, Any]) -> None:
        found[key] = cell

    def typed(cell: str, found: dict[str, Any]) -> None:
        found[key] = fields.convert(kind, cell, day_first=day_first)

    return text if kind == Field.Kind.TEXT else typed


def _counting(cell: str, target: Target, remarks: list[str]) -> str:
    """What a cell says about being counted. What is not understood says nothing, so nobody agrees by it."""
    text = word(clean(cell))
    if not text or text in _NOT_ASKED:
        return ""
    if text in YES:
        return TrackingConsent.GIVEN
    if text in NO or text in _REFUSALS:
        return TrackingConsent.REFUSED
    remarks.append(f"{target.label}: “{cell.strip()[:60]}” is neither yes nor no.")
    return ""


@lru_cache(maxsize=4096)
def _language(text: str) -> str:
    """As segments ask for it: a name such as “Deutsch” as its code, pt_BR as pt-BR; what is neither stays."""
    return text.replace("_", "-") if _LANGUAGE_CODE.fullmatch(text) else languages.find(text) or text


_split_once = lru_cache(maxsize=4096)(split_names)  # the same few combinations come again and again


def _tags(text: str, found: dict[str, Any]) -> None:
    if tags := _split_once(text):
        found["tags"] = list(tags)


def split_name(full: str, first: str, last: str) -> tuple[str, str]:
    if "," in full and full.count(",") == 1 and not first and not last:
        family, _, given = full.partition(",")
        return given.strip(), family.strip()
    given, _, family = full.partition(" ")
    return first or given, last or family


def _group(reason: str) -> str:
    return "The domain is not valid." if "“" in reason else reason


def _flat(data: Mapping[str, Any], before: str = "", depth: int = 1) -> Iterator[tuple[str, Any]]:
    """What stands in an object within, as `address zip`: no field reaches into another."""
    for name, value in data.items():
        path = f"{before} {name}".strip()
        if isinstance(value, dict) and depth < _DEEPEST:
            yield from _flat(value, path, depth + 1)
        else:
            yield path, value


def _is_choices(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, (str, int)) and one != "" for one in value)


def _kind_of(value: object) -> str:
    if isinstance(value, list):
        return Field.Kind.CHOICES
    if isinstance(value, str) and _DAY.fullmatch(value) and moment(value):
        return Field.Kind.DATE
    if isinstance(value, bool):
        return Field.Kind.BOOLEAN
    return Field.Kind.NUMBER if isinstance(value, (int, float)) else Field.Kind.TEXT


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
