"""How a campaign stands with its approval.

What was approved is one exact state: what the mail says, from whom, to whom, and the brand it wears. It is compared
with the campaign as it stands each time somebody asks, so that no way of changing it can be forgotten; put back as it
was, the approval holds again.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from accounts.models import ApprovalRule, Organisation, User
from accounts.permissions import PERMISSIONS, Permission, allows
from accounts.wording import listed
from campaigns.approval.models import Approval
from campaigns.attachments.models import Attachment
from campaigns.drafts.words import SENDER, words_of
from campaigns.message import asked_segments, editions
from campaigns.models import Campaign, Edition
from contacts import audience
from contacts.audience import Audience
from contacts.segments import measuring

Frozen = dict[str, dict[str, Any]]

_PARTS = {
    "words": "the mail",
    "sender": "the sender",
    "people": "the people",
    "look": "the brand",
    "files": "the files",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """`changed`: what is other than what was approved, in words; empty as well where nothing was. `reader`: whom the
    words call “you”."""

    newest: Approval | None
    changed: tuple[str, ...] = ()
    reader: User | None = None

    def told_to(self, reader: User) -> "Standing":
        return replace(self, reader=reader)

    @property
    def holds(self) -> bool:
        return self.newest is not None and self.newest.let_it_go and not self.changed

    @property
    def is_asked(self) -> bool:
        return self.newest is not None and self.newest.state == Approval.State.ASKED

    @property
    def is_sent_back(self) -> bool:
        return self.newest is not None and self.newest.state == Approval.State.SENT_BACK

    @property
    def kind(self) -> str:
        """Of the mark beside it."""
        return "good" if self.holds else "warn" if self.changed or self.is_sent_back else "wait"

    @property
    def short(self) -> str:
        """In a few words, for a mark."""
        newest = self.newest
        if newest is None or newest.state == Approval.State.WITHDRAWN:
            return "Not approved"
        if self.is_asked:
            return f"Waits for {self._name(newest.asked_of, 'an answer')}"
        if self.is_sent_back:
            return f"Sent back by {self._name(newest.decided_by, 'a colleague')}"
        if self.changed:
            return "Changed since it was approved"
        act = "Approved" if newest.state == Approval.State.APPROVED else "Let go"
        return f"{act} by {self._name(newest.decided_by, 'a colleague')}"

    @property
    def sentence(self) -> str:
        """Why it may not go, or that it may."""
        newest = self.newest
        if newest is None or newest.state == Approval.State.WITHDRAWN:
            return "Nobody has approved this yet."
        who = self._name(newest.decided_by, "A colleague", "You")
        if self.is_asked:
            asked = self._name(newest.asked_of, "A colleague", "You")
            were, have = ("were", "have") if asked == "You" else ("was", "has")
            return f"{asked} {were} asked to approve this and {have} not answered yet."
        if self.is_sent_back:
            return f"{who} sent this back."
        if self.changed:
            verb = "were" if len(self.changed) > 1 or self.changed[0] in (_PARTS["people"], _PARTS["files"]) else "was"
            return f"{who} approved this, and then {listed(self.changed)} {verb} changed: the approval no longer holds."
        if newest.state == Approval.State.OVERRIDDEN:
            return f"{who} let{'' if who == 'You' else 's'} this go without approval: {newest.answer}"
        return f"{who} approved this as it stands."

    def _name(self, person: User | None, nobody: str, you: str = "you") -> str:
        if person is None:
            return nobody
        return you if person == self.reader else str(person)


def of(campaign: Campaign) -> Standing:
    people = ("asked_by", "asked_of", "decided_by")
    newest = Approval.objects.filter(campaign=campaign).select_related(*people).first()
    if newest is None or not newest.let_it_go:
        return Standing(newest)
    now, then = frozen(campaign), newest.frozen or {}
    return Standing(newest, tuple(name for part, name in _PARTS.items() if now[part] != then.get(part)))


def frozen(campaign: Campaign) -> Frozen:
    """What somebody approves. A change of the rules of a segment changes the people, a change of the brand the look.

    Rules of segments are written out: who gets it, and who sees a block, also changes with a segment within another.
    """
    brand = campaign.brand or (organisation.brand if (organisation := Organisation.get()) else None)
    translations = campaign.in_other_languages()
    attachments = Attachment.objects.filter(campaign=campaign)
    found = {
        "words": {name: value for name, value in words_of(campaign).items() if name not in (*SENDER, "brand_id")}
        | ({"translations": {one.language: words_of(one) for one in translations}} if translations else {}),
        "files": {"all": list(attachments.values_list("name", "size_bytes", "path", "event", "is_linked"))},
        "sender": {name: getattr(campaign, name) for name in SENDER},
        "people": campaign.chosen_audience().to_json()
        | {"decided": campaign.fixed_audience_id}
        | {"of_blocks": asked_segments.frozen_of_drafts(campaign, *translations)},
        "look": editions.organisation_now(campaign)
        | {"brand": campaign.brand_id, "brand_of": brand.updated_at.isoformat() if brand else ""},
    }
    plain: Frozen = json.loads(json.dumps(found))
    return plain


def seal(found: Frozen, more: str = "") -> str:
    """Tells two states apart; a page carries the one that it showed, with what `more` it said."""
    return hashlib.blake2b(f"{json.dumps(found, sort_keys=True)}{more}".encode(), digest_size=12).hexdigest()


def asking() -> QuerySet[Organisation]:
    """The organisation, where `is_asked_for`."""
    return Organisation.objects.exclude(approval=ApprovalRule.NONE)


def is_asked_for(organisation: Organisation | None) -> bool:
    """Of some campaigns at least."""
    return organisation is not None and organisation.approval != ApprovalRule.NONE


def is_needed(organisation: Organisation | None, people: int | None) -> bool:
    """`people`: who will receive it; None: that cannot be said in time, which counts as very many."""
    if organisation is None or not is_asked_for(organisation):
        return False
    return not organisation.approval_above or people is None or people > organisation.approval_above


def most_unapproved(campaign: Campaign, organisation: Organisation | None) -> int | None:
    """How many people may get it as it stands, though nobody approved it; None: as many as there are."""
    if organisation is None or not is_asked_for(organisation) or campaign.way_out.is_rehearsal:
        return None
    is_approved = of(campaign).holds and not other_rules(campaign)
    return organisation.approval_above if organisation.approval_above and not is_approved else None


def other_rules(campaign: Campaign) -> str:
    """Why an approval cannot set going what is held for want of one: it would not be of what goes out. "" if it can."""
    batch = campaign.batch
    if batch is None or not batch.awaits_approval:
        return ""
    now = {
        "people": campaign.audience().to_json(),
        "segments": editions.segments_of(Edition.objects.get(pk=batch.content_id)),
    }
    if json.loads(json.dumps(now)) == {"people": batch.audience, "segments": batch.segments}:
        return ""
    return (
        "The rules of its segments were changed since it was launched, and it would go by those of then. Take it back "
        "to the draft, then ask for approval and launch it anew."
    )


def people_of(campaign: Campaign) -> int | None:
    """For is_needed. Other words for the rest of a paused campaign are judged by all that the campaign goes to, what is
    held for want of an approval by its rules as they were launched."""
    original, batch = campaign.revision_of, campaign.batch
    if original is not None and original.batch is not None:
        return original.batch.total
    goes_to = Audience.from_json(batch.audience) if batch and batch.awaits_approval else campaign.audience()
    try:
        with measuring.within(measuring.PATIENT_MS):
            return audience.summary(goes_to).will_receive
    except measuring.TooSlow:
        return None


def colleagues(asker: User, organisation: Organisation) -> QuerySet[User]:
    """Whom this person may ask."""
    roles = [role for role, permissions in PERMISSIONS.items() if Permission.SEND in permissions]
    found = User.objects.filter(is_active=True, role__in=roles).order_by("name", "email")
    return found if organisation.approval == ApprovalRule.ANYONE else found.exclude(pk=asker.pk)


def obstacle(approval: Approval, user: User, organisation: Organisation) -> str:
    """Why this person may not decide; "" if they may."""
    if not allows(user, Permission.SEND):
        return "Who may send campaigns decides on this."
    if organisation.approval != ApprovalRule.SECOND:
        return ""
    if approval.asked_by_id == user.pk:
        return "You asked for this, so a second person decides."
    translators = approval.campaign.translations.values_list("updated_by", flat=True)
    if user.pk in (approval.campaign.updated_by_id, *translators):
        return "You changed this last, so a second person decides. Ask a colleague."
    return ""
