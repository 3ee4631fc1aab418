"""What several pages of a campaign share: the draft with all that is known about it, and where links lead."""

from dataclasses import dataclass
from functools import cached_property

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import Organisation
from accounts.wording import count_people
from campaigns.approval import standing
from campaigns.drafts import cards
from campaigns.message import editions
from campaigns.message.encoding import ascii_address
from campaigns.models import Campaign, Edition
from campaigns.multilingual import shares
from campaigns.multilingual.shares import Share
from campaigns.preflight import checklist, pace, sender_domain
from campaigns.preflight.checklist import Finding
from campaigns.sending import launching, revising
from contacts import audience
from contacts.audience import Summary
from contacts.segments import measuring
from delivery import ledger
from delivery.domains.standing import Standing
from delivery.ledger import evidence
from delivery.models import Batch, Provider
from delivery.policy import stop_rules
from delivery.policy.stop_rules import Rule
from delivery.throttling import warmup_plans

TERMS = ("accepted", "waiting", "refused", "uncertain", "skipped", "unaccounted")


def get_campaign(pk: int) -> Campaign:
    with_all = Campaign.objects.select_related(
        *("batch__provider", "batch__rehearsed_for", "provider", "brand", "updated_by", "fixed_audience"),
        *("revision_of__batch__provider", "translation_of__provider", "translation_of__brand"),
    )
    found = get_object_or_404(with_all, pk=pk)
    found.take_envelope()
    return found


def get_whole(pk: int) -> Campaign:
    """The campaign in all its languages, whichever of them was asked for."""
    found = get_campaign(pk)
    return get_campaign(found.translation_of_id) if found.translation_of_id else found


def sent_edition(batch_id: int | None, version: int, language: str = "") -> Edition:
    """In its own language, unless it was sent in this one too. Raises Http404."""
    found = editions.sent(batch_id or 0, version, language)
    if found is None:
        raise Http404
    return found


def tally_links(batch: Batch) -> dict[str, str]:
    """Each count leads to exactly those people."""
    page = reverse("batch-people", args=[batch.pk])
    return {term: f"{page}?term={term}" for term in TERMS}


_TOO_SLOW = Finding(
    "block",
    "audience-too-slow",
    "It takes too long to say who gets it.",
    "Try again in a while, or choose a segment whose rows are quicker to look up.",
    "to",
)
_STEPS = {
    Rule.HARD: "See who does not exist",
    Rule.BLOCKED: "See what the servers said",
    Rule.COMPLAINED: "See who complained",
}


def alarm(batch: Batch) -> dict[str, str]:
    """Why it paused itself, or what to look at before it has to; with the one next step. Empty when all is well."""
    rule, text = batch.stop_rule if batch.state == Batch.State.PAUSED else "", batch.state_reason
    title = "Paused by itself, as it would be for real" if batch.rehearsal else "Paused by itself"
    if not rule:
        text = stop_rules.warn(evidence.figures(batch))
        rule, title = Rule.COMPLAINED, "Many complaints"
    url = f"{reverse('batch-people', args=[batch.pk])}?term={rule}"
    return {"title": title, "text": text, "url": url, "label": _STEPS[Rule(rule)]} if text else {}


@dataclass
class Readiness:
    """Everything the bar at the bottom says, worked out once a request."""

    campaign: Campaign

    @cached_property
    def findings(self) -> list[Finding]:
        if self.campaign.revision_of:
            return revising.check(self.campaign)
        if self.people is None:
            return [_TOO_SLOW]
        return checklist.check(self.campaign, people=self.people.will_receive)

    @cached_property
    def left(self) -> int:
        """How many are still to get the new version of a paused campaign."""
        original = self.campaign.revision_of
        return ledger.tally(original.batch).waiting if original and original.batch else 0

    @cached_property
    def people(self) -> Summary | None:
        """None where it takes longer to say than a page may wait."""
        try:
            with measuring.within(measuring.PATIENT_MS):
                return audience.summary(self.campaign.audience())
        except measuring.TooSlow:
            return None

    @property
    def will_receive(self) -> int:
        """0 where that takes too long to say, which is a finding that blocks."""
        return self.people.will_receive if self.people else 0

    @cached_property
    def shares(self) -> list[Share]:
        """Who gets which language; empty for a mail in one."""
        return [] if self.campaign.revision_of or self.people is None else shares.count(self.campaign)

    @cached_property
    def provider(self) -> Provider:
        return self.campaign.way_out

    @cached_property
    def sender(self) -> Standing | None:
        """How its domain stands; None while there is none."""
        try:
            found = sender_domain.now(ascii_address(self.campaign.sender_email), self.provider)
        except ValueError:
            return None
        return found if found.label else None

    @property
    def blocking(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.level == "block"]

    @cached_property
    def approval(self) -> standing.Standing | None:
        """How it stands with its approval; None where none is needed."""
        organisation = Organisation.get()
        if self.campaign.translation_of or not standing.is_asked_for(organisation):
            return None
        if self.campaign.revision_of:
            people = standing.people_of(self.campaign)
        else:
            people = self.people.will_receive if self.people else None
        return standing.of(self.campaign) if standing.is_needed(organisation, people) else None

    @property
    def lacks_only_approval(self) -> bool:
        return [finding.code for finding in self.blocking] == [checklist.NOT_APPROVED]

    @property
    def warnings(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.level == "warn"]

    @property
    def held_back(self) -> str:
        """That its way out makes hours or days of it, but for a warm-up; see outlook."""
        return next((finding.text for finding in self.warnings if finding.code in pace.HOLDING_BACK), "")

    @property
    def cards(self) -> list[cards.Card]:
        found = cards.cards(self.campaign, self.findings, self.people, self.shares)
        is_words_alone = self.campaign.revision_of or self.campaign.translation_of
        return [card for card in found if not is_words_alone or card.key in revising.CARDS]

    @property
    def needs_typing(self) -> bool:
        people = self.left if self.campaign.revision_of else self.will_receive
        return people > launching.MANY_PEOPLE

    @property
    def hold_seconds(self) -> int:
        return launching.hold_seconds(self.will_receive)

    @cached_property
    def outlook(self) -> warmup_plans.Outlook | None:
        """Why it takes days, if it does; None also while the sender is not known."""
        try:
            domain = ascii_address(self.campaign.sender_email).rpartition("@")[2]
        except ValueError:
            return None
        return warmup_plans.outlook(warmup_plans.plans_of(self.provider, domain), self.will_receive)

    @property
    def launch_label(self) -> str:
        """The button names the number and the way out."""
        original = self.campaign.revision_of
        if original and original.batch:
            left = count_people(self.left)
            return f"Continue with version {original.batch.version + 1} for the remaining {left}"
        people = count_people(self.will_receive) if self.people else "all of them"
        if self.campaign.scheduled_at:
            verb = "Schedule the rehearsal" if self.provider.is_rehearsal else "Schedule the mail"
            return f"{verb} for {people} through {self.provider}"
        if self.provider.is_rehearsal:
            return f"Rehearse with {people} (nobody receives it)"
        return f"Send to {people} through {self.provider}"
