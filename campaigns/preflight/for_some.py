"""Blocks that only people of a segment see: whether it can be asked, and how many that are."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from campaigns.content import blocks
from campaigns.content.blocks import conditions
from campaigns.drafts.words import blocks_of
from campaigns.message import asked_segments
from campaigns.models import Campaign, Edition
from campaigns.preflight.findings import Finding
from contacts import audience
from contacts.models import Segment
from contacts.segments import asking, compiling, measuring, rules
from contacts.segments.measuring import TooSlow
from delivery.ledger.launching import MOST_SEGMENTS


@dataclass(frozen=True, slots=True)
class ForSome:
    """`people` of those who get the mail see the block."""

    segment: Segment
    is_for_others: bool
    people: int
    of: int
    block: str
    kind: str

    @property
    def label(self) -> str:
        return blocks.KINDS[self.kind].label


def check(campaign: Campaign, edition: Edition) -> Iterator[Finding]:
    numbers = asked_segments.asked(edition)
    known = Segment.objects.in_bulk(numbers)
    where = _first_blocks(campaign)
    for number in numbers:
        found, block = known.get(number), where.get(number, "")
        if found is None:
            text = "Something in the mail is for people of a segment that is gone."
            yield Finding("block", "segment-gone", text, "Choose another one, or everybody.", "content", block=block)
        elif problem := audience.problem_of_rules(found.rules):
            text = f"Something in the mail is for people of “{found.name}”, which cannot be asked: {problem}"
            yield Finding("block", "segment-broken", text, "Mend it under Segments.", "content", block=block)
        elif number not in _possible(campaign, numbers):
            text = f"The campaign was launched without asking for “{found.name}”, and who is in it was not noted."
            cure = "Use a segment that it was launched with, or show it to everybody."
            yield Finding("block", "segment-late", text, cure, "content", block=block)
    if len(numbers) > MOST_SEGMENTS:
        text = f"The mail asks for {len(numbers)} segments; one mail has room for {MOST_SEGMENTS}."
        yield Finding("block", "many-segments", text, "Use fewer of them.", "content")
    try:
        shown = seen(campaign)
    except TooSlow:
        text = "It takes too long to say how many see the blocks that are for people of a segment."
        cure = "Look at who is in the segment, or choose one whose rows are quicker to look up."
        yield Finding("warn", "seen-too-slow", text, cure, "content")
        return
    for one in shown:
        if not one.people:
            whose = "outside" if one.is_for_others else "in"
            text = f"Nobody who gets this is {whose} “{one.segment.name}”, so nobody sees the block for them."
            yield Finding("warn", "seen-by-nobody", text, "Choose another segment.", "content", block=one.block)


def seen(campaign: Campaign) -> list[ForSome]:
    """Every block for a segment of which there is one, in the order of the mail. Raises TooSlow."""
    written = [block for block in blocks_of(campaign) if conditions.segment_of(block)]
    known = Segment.objects.in_bulk([conditions.segment_of(block) for block in written])
    if not known:
        return []
    about = asking.known()
    groups = [compiling.frozen(rules.read(one.rules), about) for one in known.values()]
    with measuring.within(measuring.PATIENT_MS):
        everybody, people = audience.counts(replace(campaign.readers(), about=about), groups)
    inside = dict(zip(known, people, strict=True))
    found = []
    for block in written:
        pk, is_out = conditions.segment_of(block), conditions.is_for_others(block)
        if pk in known:
            people = everybody - inside[pk] if is_out else inside[pk]
            found.append(ForSome(known[pk], is_out, people, everybody, block["id"], block["kind"]))
    return found


def _first_blocks(campaign: Campaign) -> dict[int, str]:
    return {conditions.segment_of(block): block["id"] for block in reversed(blocks_of(campaign))}


def _possible(campaign: Campaign, numbers: list[int]) -> list[int]:
    """A new version asks for what was noted at the launch."""
    original = (campaign.translation_of or campaign).revision_of
    return numbers if original is None or original.batch is None else [one["id"] for one in original.batch.segments]
