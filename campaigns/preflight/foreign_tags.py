"""Merge tags that came along from another system: named before the launch, and put into ours where we have the same."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape
from types import MappingProxyType

from campaigns.content import blocks
from campaigns.merge import foreign
from campaigns.merge.foreign import Foreign
from campaigns.merge.foreign_names import plain
from campaigns.models import Campaign
from campaigns.preflight.findings import Card, Finding
from contacts.merge_values import tags

FIX = "translate"
_MOST = 8


def check(campaign: Campaign) -> Iterator[Finding]:
    known = fields()
    said: dict[str, tuple[Foreign, str, Card, str]] = {}
    for source, is_html, where, card, block in _sources(campaign):
        for one in foreign.find(source, known, is_html=is_html):
            said.setdefault(one.text, (one, where, card, block))
    for one, where, card, block in list(said.values())[:_MOST]:
        text = f"“{one.text[:60]}” in the {where} is a merge tag of {one.system}; readers would see it as it stands."
        yield Finding("block", "foreign-tag", text, _cure(one), card, FIX if one.is_settled else "", block)
    if len(said) > _MOST:
        text = f"{len(said) - _MOST} more merge tags of other systems are in the mail."
        yield Finding("block", "foreign-tag", text, "Replace them with tags from the list.", "content")


def _cure(one: Foreign) -> str:
    if one.is_left_out:
        return "It can be left out: it is not needed here."
    return f"In our words: {one.ours}" if one.ours else "Replace it with a tag from the list, or remove it."


def known_and_unknown(campaign: Campaign) -> list[Foreign]:
    """Every such tag once: first those that we have the same for."""
    known, said = fields(), dict[str, Foreign]()
    for source, is_html, *_ in _sources(campaign):
        for one in foreign.find(source, known, is_html=is_html):
            said.setdefault(one.text, one)
    return sorted(said.values(), key=lambda one: not one.is_settled)


def set_aside(source: str, known: dict[str, str], *, is_html: bool) -> str:
    """The rest, for checks that would find fault with every such tag in words of our own language."""
    return foreign.without(source, foreign.find(source, known, is_html=is_html))


def translate(campaign: Campaign, instead: Mapping[str, str] = MappingProxyType({})) -> int:
    """Change the words of the draft wherever we have the same; how many tags it were. Saving is the caller's.

    `instead`: for tags that we have nothing like, what somebody wants in their place; empty: nothing.
    """
    known, count = fields(), 0

    def changed(source: str, *, is_html: bool) -> str:
        nonlocal count
        found = [_decided(one, instead, is_html=is_html) for one in foreign.find(source, known, is_html=is_html)]
        count += sum(one.is_settled for one in found)
        return foreign.translate(source, found)

    campaign.subject = changed(campaign.subject, is_html=False)
    campaign.preheader = changed(campaign.preheader, is_html=False)
    campaign.text = changed(campaign.text, is_html=False)
    if campaign.content_kind == Campaign.ContentKind.HTML:
        campaign.html = changed(campaign.html, is_html=True)
    else:
        document = blocks.validate(campaign.blocks or blocks.empty())
        for block, field in blocks.words(document):
            block[field.name] = changed(block[field.name], is_html=field.is_html)
        campaign.blocks = blocks.validate(document)
    return count


def _decided(one: Foreign, instead: Mapping[str, str], *, is_html: bool) -> Foreign:
    if one.is_settled or one.text not in instead:
        return one
    words = instead[one.text]
    return replace(one, ours=escape(words) if is_html else words, is_left_out=not words)


def fields() -> dict[str, str]:
    """Our tags by the plain spelling of their names and labels."""
    return {plain(spelling): tag.name for tag in reversed(tags()) for spelling in (tag.label, tag.name)}


def _sources(campaign: Campaign) -> Iterator[tuple[str, bool, str, Card, str]]:
    yield campaign.subject, False, "subject", "subject", ""
    yield campaign.preheader, False, "preheader", "subject", ""
    if campaign.content_kind == Campaign.ContentKind.HTML:
        yield campaign.html, True, "mail", "content", ""
    else:
        for block, field in blocks.words(blocks.validate(campaign.blocks or blocks.empty())):
            yield block[field.name], field.is_html, "mail", "content", block["id"]
    yield campaign.text, False, "plain text", "content", ""
