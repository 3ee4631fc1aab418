"""Who of a campaign's audience gets which of its languages."""

from dataclasses import dataclass

from campaigns.models import Campaign
from campaigns.multilingual.names import own_name
from contacts import audience
from contacts.guessing import languages


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
    language: Language
    people: int


def of(campaign: Campaign) -> list[Language]:
    """All languages of the campaign that this is, or is a translation of; its own first."""
    whole = campaign.translation_of or campaign
    return [Language(whole, True), *(Language(one, False) for one in whole.in_other_languages())]


def count(campaign: Campaign) -> list[Share]:
    """Each of the audience once; empty for a mail in one language."""
    default, *others = of(campaign)
    if not others:
        return []
    people = audience.by_language(campaign.audience())
    shares = [Share(one, people.get(one.code, 0)) for one in others]
    return [Share(default, sum(people.values()) - sum(share.people for share in shares)), *shares]
