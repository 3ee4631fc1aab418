"""The cards of a draft: what each says when it is closed, and whether it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import truncatechars
from django.utils import timezone

from accounts import wording
from accounts.organisation.measuring import Tracking
from campaigns.content import blocks
from campaigns.models import Campaign
from campaigns.multilingual.shares import Share
from campaigns.preflight.checklist import Finding
from campaigns.templatetags.campaign_words import plainly
from contacts.audience import Summary
from contacts.grounds.models import ListBasis
from contacts.models import MailingList

TITLES = {
    "to": "To",
    "from": "From",
    "subject": "Subject",
    "content": "Content",
    "counting": "Counting",
    "schedule": "Schedule",
}


_COUNTING = {
    Tracking.INDIVIDUAL: "Opens and clicks by person, of those who may be counted",
    Tracking.ANONYMOUS: "Opens and clicks anonymously: how often, never who",
    Tracking.OFF: "No opens and clicks",
}


@dataclass(frozen=True, slots=True)
class Card:
    key: str
    title: str
    sentence: str
    is_done: bool


def cards(
    campaign: Campaign, findings: list[Finding], people: Summary | None, shares: Sequence[Share] = ()
) -> list[Card]:
    """`people`: None where it takes too long to say how many they are."""
    missing = {finding.card for finding in findings if finding.level == "block" and not finding.draft}
    sentences = {
        "to": _to(campaign, people) + _in_languages(shares),
        "from": _from(campaign),
        "subject": _subject(campaign),
        "content": _content(campaign),
        "counting": _COUNTING[campaign.way_of_tracking],
        "schedule": _schedule(campaign),
    }
    return [Card(key, TITLES[key], sentences[key], key not in missing) for key in TITLES]


def _to(campaign: Campaign, people: Summary | None) -> str:
    names = [_with_basis(mailing_list) for mailing_list in campaign.named_lists.select_related("basis")]
    if campaign.on_any_list:
        names = ["Whoever agreed to any list"]
    if not names:
        return "Nobody chosen yet"
    excluded = [mailing_list.name for mailing_list in campaign.excluded_lists.all()]
    excluded += [segment.name for segment in campaign.excluded_segments.all()]
    within = [segment.name for segment in campaign.segments.all()]
    but = f", but not {wording.listed(excluded)}" if excluded else ""
    tagged = f", tagged {wording.listed(campaign.tags, 'or')}" if campaign.tags else ""
    found = f", in {wording.listed(within, 'or')}" if within else ""
    without = f", nobody tagged {wording.listed(campaign.excluded_tags, 'or')}" if campaign.excluded_tags else ""
    at = campaign.fixed_audience.at if campaign.fixed_audience else None
    decided = f", decided {_moment(at)}" if at else ""
    number = wording.count_people(people.will_receive) if people else "it takes too long to say how many"
    return f"{wording.listed(names)}{found}{tagged}{but}{without}{decided}: {number}"


def _in_languages(shares: Sequence[Share]) -> str:
    said = [f"{share.people:,} in {share.language.name}" for share in shares]
    return f" ({', '.join(said)})" if said else ""


def _with_basis(mailing_list: MailingList) -> str:
    basis: ListBasis | None = getattr(mailing_list, "basis", None)
    return f"{mailing_list.name} ({basis.short})" if basis else mailing_list.name


def _from(campaign: Campaign) -> str:
    if not campaign.sender_email:
        return "No sender yet"
    return f"{campaign.sender_name} <{campaign.sender_email}> through {campaign.way_out}"


def _subject(campaign: Campaign) -> str:
    if not campaign.subject:
        return "No subject yet"
    said = f"{campaign.subject} – {campaign.preheader}" if campaign.preheader else campaign.subject
    return plainly(said)


def _content(campaign: Campaign) -> str:
    by_hand = ", plain text by hand" if campaign.text else ""
    if campaign.content_kind == Campaign.ContentKind.HTML:
        size = len(campaign.html.encode()) / 1000
        return f"HTML, {size:.0f} kB{by_hand}" if campaign.html else "No HTML yet"
    document = campaign.blocks or {}
    number = sum(1 for _ in blocks.walk(document))
    heading = next((block.get("text", "") for block in blocks.walk(document) if block["kind"] == "heading"), "")
    if not any(blocks.says(block) for block in blocks.walk(document) if block["kind"] in blocks.WORDS):
        return "Nothing written yet"
    begins = f", “{truncatechars(plainly(heading), 40)}”" if heading else ""
    return f"{number} block{'' if number == 1 else 's'}{begins}{by_hand}"


def _schedule(campaign: Campaign) -> str:
    if campaign.scheduled_at is None:
        return "As soon as you press the button"
    return f"{_moment(campaign.scheduled_at)} ({timezone.localtime(campaign.scheduled_at):%Z})"


def _moment(at: datetime) -> str:
    return wording.moment(timezone.localtime(at), timezone.localtime())
