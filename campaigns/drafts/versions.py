"""Versions of a draft: its words at the end of each sitting of a person, kept while they write on.

The newest one is the draft as it stands; its words are written down when the next one begins, or when it gets a name.
`note` and `close` work on a campaign that is locked; `keep` and `rename` lock it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from campaigns.drafts.words import Words, are_same, words_of
from campaigns.models import Campaign, DraftVersion
from campaigns.sending.launching import NotADraft

PAUSE = timedelta(minutes=10)  # whoever writes again after it begins another version
SITTING = timedelta(minutes=30)  # and whoever writes on and on
MOST_UNNAMED = 50
MOST_NAMED = 100
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class TooMany(ValueError):
    """Its text may be shown."""


def note(campaign: Campaign, before: Words, *, by: User) -> None:
    """This person made it say something else than `before`; `updated_by` and `updated_at` are still those of before."""
    if words_of(campaign) == before:
        return
    now, newest = timezone.now(), campaign.versions.first()
    if newest and newest.words is None and _is_one_sitting(newest, by, now):
        newest.at = now
        newest.save(update_fields=["at"])
        return
    if newest and newest.words is None:
        newest.words = before
        newest.save(update_fields=["words"])
    elif newest is None or newest.words is None or not are_same(newest.words, before):
        _keep(campaign, before)
    DraftVersion.objects.create(campaign=campaign, by=by, began_at=now, at=now)
    _thin_out(campaign, now)


def close(campaign: Campaign) -> DraftVersion:
    """The version that says what the draft says now; whatever is written next is another one."""
    newest, words = campaign.versions.first(), words_of(campaign)
    if newest is None or (newest.words is not None and not are_same(newest.words, words)):
        return _keep(campaign, words)
    newest.words = words
    newest.save(update_fields=["words"])
    return newest


@transaction.atomic
def keep(campaign_id: int, name: str) -> DraftVersion:
    """The draft as it stands, under a name. Raises NotADraft, TooMany."""
    campaign = _locked(campaign_id)
    found = close(campaign)
    if found.name:
        found = _keep(campaign, words_of(campaign))
    return _named(found, name)


@transaction.atomic
def rename(version: DraftVersion, name: str) -> DraftVersion:
    """Without a name it may go one day, as the others do. Raises NotADraft, TooMany."""
    campaign = _locked(version.campaign_id)
    found = campaign.versions.get(pk=version.pk)
    return _named(close(campaign) if found.words is None else found, name)


def surplus(unnamed: Sequence[tuple[int, datetime]], now: datetime) -> list[int]:
    """Which of these versions (number and time, newest first) go.

    All of one day stay, the last of each hour of one week, then the last of each day; never more than MOST_UNNAMED.
    """
    seen, gone = set[Any](), []
    for number, at in unnamed:
        age = now - at
        slot = number if age < _DAY else (at.date(), at.hour) if age < _WEEK else at.date()
        if slot in seen or len(seen) == MOST_UNNAMED:
            gone.append(number)
        else:
            seen.add(slot)
    return gone


def _locked(campaign_id: int) -> Campaign:
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)
    if not campaign.is_draft:
        raise NotADraft
    return campaign


def _named(version: DraftVersion, name: str) -> DraftVersion:
    others = DraftVersion.objects.filter(campaign=version.campaign_id).exclude(name="").exclude(pk=version.pk)
    if name and others.count() >= MOST_NAMED:
        raise TooMany(f"{MOST_NAMED} versions of this draft have names. Take the name away from one of them first.")
    version.name = name
    version.save(update_fields=["name"])
    return version


def _is_one_sitting(version: DraftVersion, by: User, now: datetime) -> bool:
    return version.by_id == by.pk and now - version.at < PAUSE and now - version.began_at < SITTING


def _keep(campaign: Campaign, words: Words) -> DraftVersion:
    """As the draft was last saved, by whomever."""
    at = campaign.updated_at
    return DraftVersion.objects.create(
        campaign=campaign, words=words, by=campaign.updated_by or campaign.created_by, began_at=at, at=at
    )


def _thin_out(campaign: Campaign, now: datetime) -> None:
    unnamed = campaign.versions.filter(name="", words__isnull=False).order_by(F("id").desc()).values_list("pk", "at")
    campaign.versions.filter(pk__in=surplus(list(unnamed), now)).delete()
