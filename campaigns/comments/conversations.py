"""Conversations of a campaign, each where it belongs, and what people do in them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from accounts.models import Organisation, User
from campaigns.comments import mentions
from campaigns.comments.models import Comment
from campaigns.content import blocks
from campaigns.content.blocks import Block
from campaigns.drafts.words import blocks_of
from campaigns.editor import editing
from campaigns.models import Campaign

MOST = 500


class NotPossible(Exception):
    """Its text may be shown."""


@dataclass(frozen=True)
class Conversation:
    first: Comment
    answers: list[Comment]

    @property
    def all(self) -> list[Comment]:
        return [self.first, *self.answers]


@dataclass(frozen=True)
class Place:
    """A block, or what was said about one that is gone or about the campaign as a whole (no id)."""

    title: str
    says: str = ""
    block: str = ""
    open: list[Conversation] = field(default_factory=list)


@dataclass(frozen=True)
class Shown:
    """`places` have open conversations, in the order of the mail; `stamp` changes with everything that is said."""

    places: list[Place]
    removed: list[Place]
    resolved: list[Conversation]
    stamp: str

    @property
    def count(self) -> int:
        return sum(len(place.open) for place in [*self.places, *self.removed])


def of(campaign: Campaign) -> Shown:
    found = list(Comment.objects.filter(campaign=campaign).select_related("by", "resolved_by"))
    answers = defaultdict[int | None, list[Comment]](list)
    for comment in found:
        answers[comment.answers_id].append(comment)
    conversations = [Conversation(first, answers[first.pk]) for first in answers[None]]
    still_open = [one for one in conversations if one.first.resolved_at is None]
    whole = Place("The campaign as a whole", open=[one for one in still_open if not one.first.block])
    places, here = [whole] if whole.open else [], set[int]()
    for block in blocks_of(campaign):
        about = [one for one in still_open if _is_about(one.first, block)]
        here |= {one.first.pk for one in about}
        if about:
            label = blocks.KINDS[block["kind"]].label
            places.append(Place(label, editing.excerpt(block), block["id"], about))
    gone = [one for one in still_open if one.first.block and one.first.pk not in here]
    return Shown(
        places,
        [Place(_label(one.first.kind), one.first.excerpt, open=[one]) for one in gone],
        [one for one in conversations if one.first.resolved_at],
        stamp(campaign.pk),
    )


def open_count(campaign: Campaign) -> int:
    return Comment.objects.filter(campaign=campaign, answers=None, resolved_at=None).count()


def stamp(campaign_id: int) -> str:
    """Other than before whenever something is said, changed, taken back or resolved."""
    found = Comment.objects.filter(campaign=campaign_id).aggregate(
        last=Max("pk"), all=Count("pk"), solved=Count("resolved_at"), edited=Max("edited_at")
    )
    edited = found["edited"].timestamp() if found["edited"] else 0
    return f"{found['last'] or 0}-{found['all']}-{found['solved']}-{edited:.6f}"


@transaction.atomic
def add(campaign: Campaign, text: str, *, by: User, block: str = "", tell: User | None = None) -> Comment:
    """Begin a conversation, about a block or the whole. Raises NotPossible."""
    _check_room(campaign)
    about = next((one for one in blocks_of(campaign) if one["id"] == block), None)
    if block and about is None:
        raise NotPossible("That block is no longer there. Say it about the campaign as a whole.")
    first = Comment(campaign=campaign, text=text, by=by)
    if about is not None:
        first.block, first.kind, first.excerpt = block, about["kind"], editing.excerpt(about)[:80]
    first.save()
    _tell(first, first, by, tell)
    return first


@transaction.atomic
def answer(first: Comment, text: str, *, by: User, tell: User | None = None) -> Comment:
    """What was resolved is open again. Whoever was wanted and answers is not wanted any more. Raises NotPossible."""
    _check_room(first.campaign)
    said = Comment.objects.create(campaign=first.campaign, answers=first, text=text, by=by)
    resolve(first, by=by, is_resolved=False)
    first.mentions.filter(user=by).update(is_open=False)
    _tell(said, first, by, tell)
    return said


@transaction.atomic
def change(said: Comment, text: str, *, by: User) -> None:
    """Whoever wrote it says it otherwise, and it is shown as edited. Who is named now is told. Raises NotPossible."""
    before = _own(said, by).text
    if text == before:
        return
    said.text, said.edited_at = text, timezone.now()
    said.save(update_fields=["text", "edited_at"])
    first = said.answers or said
    named_before = mentions.named(before)
    _no_longer_wanted(first, named_before)
    organisation = Organisation.get()
    for user in mentions.named(text):
        if user != by and user not in named_before:
            mentions.tell(said, first, user, organisation)


@transaction.atomic
def take_back(said: Comment, *, by: User) -> None:
    """Whoever wrote it unsays it: it is gone, or, where others have answered it, its words are. Raises NotPossible."""
    named = mentions.named(_own(said, by).text)
    first = said.answers
    if first is None and said.answered.exists():
        said.text, said.edited_at = "", timezone.now()
        said.save(update_fields=["text", "edited_at"])
        _no_longer_wanted(said, named)
    else:
        said.delete()
        if first is not None:
            _no_longer_wanted(first, named)


def resolve(first: Comment, *, by: User, is_resolved: bool) -> None:
    """Or open it again. Nobody is wanted in what is resolved."""
    Comment.objects.filter(pk=first.pk).update(
        resolved_at=timezone.now() if is_resolved else None, resolved_by=by if is_resolved else None
    )
    if is_resolved:
        first.mentions.update(is_open=False)


def _own(said: Comment, by: User) -> Comment:
    if said.by_id != by.pk or not said.text:
        raise NotPossible("Only who wrote a comment can change it or take it back.")
    return said


def _no_longer_wanted(first: Comment, named: Sequence[User]) -> None:
    """Those of them whom nothing in the conversation names any more."""
    if named:
        words = [first.text, *first.answered.values_list("text", flat=True)]
        still = {user.pk for text in words for user in mentions.named(text)}
        first.mentions.filter(user__in=[user for user in named if user.pk not in still]).update(is_open=False)


def _tell(said: Comment, first: Comment, by: User, tell: User | None) -> None:
    organisation = Organisation.get()
    wanted = {one.pk: one for one in [*mentions.named(said.text), *([tell] if tell else [])] if one != by}
    for user in wanted.values():
        mentions.tell(said, first, user, organisation)


def _check_room(campaign: Campaign) -> None:
    if Comment.objects.filter(campaign=campaign).count() >= MOST:
        raise NotPossible(f"There are {MOST} comments already, and there is no room for more.")


def _is_about(first: Comment, block: Block) -> bool:
    return bool(first.block == block["id"] and first.kind == block["kind"])


def _label(kind: str) -> str:
    return blocks.KINDS[kind].label if kind in blocks.KINDS else "Block"
