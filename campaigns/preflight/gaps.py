"""Details of people that a mail says and that some of its recipients lack: what those read instead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection

from campaigns.merge import language
from campaigns.models import Campaign
from campaigns.preflight.findings import Card, Finding
from campaigns.preflight.places import Places
from contacts import audience
from contacts.merge_values import Tag, tags

COLUMNS = {
    "first_name": "c.first_name",
    "last_name": "c.last_name",
    "language": "coalesce(nullif(c.language, ''), c.guessed_language)",
}

Sources = list[tuple[str, Card, str]]


@dataclass(frozen=True, slots=True)
class Gap:
    """`instead`: what the mail says for want of the value, in each of its places; empty where it leaves a gap."""

    tag: Tag
    people: int
    instead: tuple[str, ...]
    block: str

    @property
    def words(self) -> str:
        return f"{who(self.people)} no {plainly(self.tag)}"


def check(campaign: Campaign, sources: Sources, places: Places) -> Iterator[Finding]:
    """Tags without a fallback that some of the recipients have no value for."""
    wanted: dict[str, Card] = {}
    for _, card, source in sources:
        for name in language.without_fallback(source):
            wanted.setdefault(name, card)
    known = {tag.name: tag for tag in of_people()}
    names = sorted(wanted.keys() & known.keys())
    for name, people in lacking(campaign, names).items():
        if people:
            text = f"{who(people)} no {plainly(known[name])}: they would see a gap."
            cure = f'Write {{{{ {name}|default("…") }}}} with words that always fit.'
            block = places.without_fallback(name) if wanted[name] == "content" else ""
            yield Finding("warn", "no-fallback", text, cure, wanted[name], block=block)


def gaps(campaign: Campaign, sources: Sources, places: Places) -> list[Gap]:
    """Every detail that the mail says and somebody lacks, with or without a fallback."""
    instead: dict[str, dict[str, None]] = {}
    bare: set[str] = set()
    for _, _, source in sources:
        bare |= language.without_fallback(source)
        for name, words in language.fallbacks(source):
            instead.setdefault(name, {})[words] = None
    used = [tag for tag in of_people() if tag.name in bare or tag.name in instead]
    people = lacking(campaign, [tag.name for tag in used])

    def gap(tag: Tag) -> Gap:
        said = () if tag.name in bare else tuple(instead[tag.name])
        return Gap(tag, people[tag.name], said, places.with_tag(tag.name))

    return [gap(tag) for tag in used if people[tag.name]]


def said(sources: Sources) -> list[Tag]:
    names = set().union(*(language.tags_used(source) for _, _, source in sources))
    return [tag for tag in of_people() if tag.name in names]


def of_people() -> list[Tag]:
    """Those that a person may lack."""
    return [tag for tag in tags() if tag.name != "email"]


def lacking(campaign: Campaign, names: Sequence[str]) -> dict[str, int]:
    """How many of the recipients have no value, by merge tag."""
    if not names:
        return {}
    sql, parameters = audience.select(campaign.readers())
    counts, keys = [], []
    for name in names:
        column = COLUMNS.get(name, "c.attributes ->> %s")
        keys += [] if name in COLUMNS else [name]
        counts.append(f"count(*) FILTER (WHERE coalesce(btrim({column}), '') = '')")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(counts)} FROM ({sql}) a JOIN contacts_contact c ON c.id = a.contact_id",  # noqa: S608
            [*keys, *parameters],
        )
        return dict(zip(names, cursor.fetchone(), strict=True))


def who(people: int) -> str:
    return "1 person has" if people == 1 else f"{people:,} people have"


def plainly(tag: Tag) -> str:
    """Its label within a sentence."""
    return tag.label if tag.label[1:2].isupper() else f"{tag.label[:1].lower()}{tag.label[1:]}"
