"""Who of a campaign's audience gets which of its languages."""

from collections import Counter
from dataclasses import dataclass

from campaigns.models import Campaign
from campaigns.multilingual.names import own_name
from contacts import audience
from contacts.guessing import languages

_NAMED = 4


@dataclass(frozen=True, slots=True)
class Language:
    """One that a campaign is written in; `draft` has its words."""

    draft: Campaign
    is_default: bool

    @property
    def code(self) -> str:
        return self.draft.language

    @property
    def own_name(self) -> str:
        return own_name(self.code)

    @property
    def name(self) -> str:
        return languages.name_of(self.code)


@dataclass(frozen=True, slots=True)
class Share:
    """`also`: what those of them read for whom it is not written, by name, with how many; the most first."""

    language: Language
    people: int
    also: tuple[tuple[str, int], ...] = ()


def of(campaign: Campaign) -> list[Language]:
    """All languages of the campaign that this is, or is a translation of; its own first."""
    whole = campaign.translation_of or campaign
    return [Language(whole, True), *(Language(one, False) for one in whole.in_other_languages())]


def count(campaign: Campaign) -> list[Share]:
    """Each of the audience once; empty for a mail in one language."""
    default, *others = of(campaign)
    if not others:
        return []
    codes = [one.code for one in (default, *others)]
    people = audience.by_language(campaign.audience(), codes)
    rest = people.pop("", {})
    return [_share(one, people.get(one.code, {}) | (rest if one.is_default else {})) for one in (default, *others)]


def _share(language: Language, readers: dict[str, int]) -> Share:
    also = Counter({tag: people for tag, people in readers.items() if tag and tag != language.code.lower()})
    named = tuple((languages.name_of(_cased(tag)), people) for tag, people in also.most_common(_NAMED))
    return Share(language, sum(readers.values()), named)


def _cased(tag: str) -> str:
    """As Unicode's CLDR knows it: pt-BR, zh-Hant."""
    first, *more = tag.split("-")
    return "-".join([first, *(part.title() if len(part) == len("Hant") else part.upper() for part in more)])
