"""People of the audience to whom a mail may look odd, and why: found by one query over the latest of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connection

from campaigns.models import Campaign
from campaigns.preflight import gaps
from contacts import audience
from contacts.merge_values import Tag
from contacts.models import Contact

_LOOKED_AT = 5_000  # the latest of the audience
_SHOWN_CHARS = 40
_NAME = "btrim(concat_ws(' ', nullif(btrim(c.first_name), ''), nullif(btrim(c.last_name), '')))"
_RIGHT_TO_LEFT = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_ODD = "[^[:alpha:][:space:].,''’´`\u02bc\u00b7-]"
# Each: which one of them, as a condition and an order. Names are those of the query below.
_WANTED = {
    "empty": ("lacks > 0", "lacks DESC, id DESC"),
    "longest": ("length(name) > 20", "length(name) DESC, id DESC"),
    "right-to-left": (f"name ~ '{_RIGHT_TO_LEFT}'", "id DESC"),
    "odd": (f"name ~ '{_ODD}' AND name !~ '{_RIGHT_TO_LEFT}'", "id DESC"),
    "capitals": ("length(name) > 3 AND name = upper(name) AND name <> lower(name)", "id DESC"),
    "short": ("length(first_name) = 1", "id DESC"),
    "long-address": ("length(email) > 40", "length(email) DESC, id DESC"),
}


@dataclass(frozen=True, slots=True)
class Odd:
    contact: Contact
    kind: str
    reason: str


def find(campaign: Campaign, used: Sequence[Tag]) -> list[Odd]:
    """One person of each kind at most. `used`: the details of people that the mail says."""
    rows = _rows(campaign, [tag for tag in used if tag.name != "email"])
    people = Contact.objects.in_bulk({contact_id for _, contact_id, _ in rows})
    labels = {tag.name: tag.label for tag in used}
    return [
        Odd(people[contact_id], kind, _SAY[kind](people[contact_id], [labels[name] for name in empty]))
        for kind, contact_id, empty in rows
        if contact_id in people
    ]


def _rows(campaign: Campaign, used: Sequence[Tag]) -> list[tuple[str, int, list[str]]]:
    chosen = campaign.readers()
    if not chosen.lists and not chosen.contacts:
        return []
    sql, parameters = audience.select(chosen)
    empty, keys = _empty(used)
    found = " UNION ALL ".join(
        f"(SELECT '{kind}', id, empty FROM few WHERE {which} ORDER BY {order} LIMIT 1)"  # noqa: S608 - constants above
        for kind, (which, order) in _WANTED.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH few AS MATERIALIZED ("  # noqa: S608 - what is put in are the constants of this module
            f" SELECT c.id, c.email, btrim(c.first_name) AS first_name, {_NAME} AS name, {empty} AS empty,"
            f" cardinality({empty}) AS lacks FROM contacts_contact c JOIN ({sql}) a ON a.contact_id = c.id"
            f" ORDER BY c.id DESC LIMIT {_LOOKED_AT}) {found}",
            [*keys, *keys, *parameters],
        )
        return [(kind, contact_id, list(names)) for kind, contact_id, names in cursor.fetchall()]


def _empty(used: Sequence[Tag]) -> tuple[str, list[str]]:
    """SQL for the names of those details that a person lacks."""
    cases, keys = [], []
    for tag in used:
        column = gaps.COLUMNS.get(tag.name)
        cases.append(f"CASE WHEN coalesce(btrim({column or 'c.attributes ->> %s'}), '') = '' THEN %s::text END")
        keys += [tag.name] if column else [tag.name, tag.name]
    return f"array_remove(ARRAY[{', '.join(cases)}]::text[], NULL)", keys


def _shown(words: str) -> str:
    words = " ".join(words.split())
    return f"“{words[: _SHOWN_CHARS - 1]}…”" if len(words) > _SHOWN_CHARS else f"“{words}”"


def _name(person: Contact) -> str:
    return _shown(f"{person.first_name} {person.last_name}")


def _lacks(_: Contact, empty: list[str]) -> str:
    named = [f"{label[:1].lower()}{label[1:]}" for label in empty]
    return f"Has no {', no '.join(named[:3])}" + (f" and {len(named) - 3} more" if len(named) > 3 else "")


_SAY: dict[str, Callable[[Contact, list[str]], str]] = {
    "empty": _lacks,
    "longest": lambda person, _: f"The longest name: {len(f'{person.first_name} {person.last_name}'.strip())} letters",
    "right-to-left": lambda person, _: f"A name that is read from right to left: {_name(person)}",
    "odd": lambda person, _: f"Unusual signs in the name: {_name(person)}",
    "capitals": lambda person, _: f"A name in capitals: {_name(person)}",
    "short": lambda person, _: f"A first name of one letter: {_shown(person.first_name)}",
    "long-address": lambda person, _: f"A long address: {_shown(person.email)}",
}
