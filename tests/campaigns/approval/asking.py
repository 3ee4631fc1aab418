"""A colleague is asked about a campaign, and answers."""

from typing import Any

from accounts.models import Organisation, User
from campaigns.approval import deciding, releasing
from campaigns.approval.models import Approval
from campaigns.approval.releasing import Held
from campaigns.drafts import saving
from campaigns.models import Campaign
from contacts.segments.rules import Group, Match, Rule
from contacts.segments.rules import write as write_rules


def ask(draft: Campaign, of: User, by: User, note: str = "") -> Approval:
    return deciding.ask(draft, of, note, by=by, organisation=Organisation.objects.get())


def answer(draft: Campaign, by: User, *, approve: bool = True, words: str = "", seen: str = "") -> Held | None:
    now = releasing.seal(Campaign.objects.get(pk=draft.pk))
    organisation = Organisation.objects.get()
    return deciding.decide(draft, approve=approve, answer=words, seen=seen or now, by=by, organisation=organisation)


def approved(draft: Campaign, by: User, asker: User) -> Campaign:
    ask(draft, by, asker)
    answer(draft, by)
    return draft


def write(draft: Campaign, by: User, **words: Any) -> None:
    def change(campaign: Campaign) -> None:
        for name, value in words.items():
            setattr(campaign, name, value)

    saving.save(draft.pk, change, by=by, version=None)


def called(name: str) -> dict[str, Any]:
    """The rules of a segment."""
    return write_rules(Group(Match.ALL, (Rule("profile", {"field": "first_name", "how": "contains", "value": name}),)))
