"""Preflight's look into the mail itself: tags, links, pictures, size, and one message built as it would be sent."""

import re
from collections.abc import Iterator

from campaigns.compiling import results
from campaigns.content import blocks, html
from campaigns.content.blocks.conditions import IN_SEGMENT
from campaigns.merge import language
from campaigns.message import attached, editions, preview
from campaigns.message.compiled import CompiledEdition, link_targets
from campaigns.models import Campaign, Edition
from campaigns.preflight import (
    contrast,
    for_some,
    foreign_tags,
    gaps,
    links,
    pictures,
    places,
    structure,
    written_blocks,
    written_elements,
    written_html,
)
from campaigns.preflight.findings import Card, Finding
from campaigns.preflight.gaps import Sources
from campaigns.preflight.places import Places
from contacts import audience
from contacts.merge_values import tags
from delivery import html_tokens
from delivery.content import Parts, Recipient
from delivery.linter import MAX_HTML_BYTES, lint

_MOST_UNKNOWN = 20
_LARGE_HTML_BYTES = 80_000
# What the other checks say better, or what a rehearsal on one machine cannot be.
_SAID_ELSEWHERE = frozenset({"bodies", "size", "resolved", "links", "accessible", "postal-address"})


def check(campaign: Campaign, *, is_real: bool) -> list[Finding]:
    try:
        edition = editions.freeze(campaign)
    except (blocks.Invalid, html.Unusable) as problem:
        return [unusable(campaign, problem)]
    person = next(iter(audience.sample(campaign.readers(), 1)), None)
    recipient = preview.recipient_of(person, edition, tracked=True)
    known = {tag.name for tag in (*tags(), *editions.OWN_TAGS)}
    said, where = sources(edition), places.of(campaign)
    found = _check_edition(campaign, edition, recipient, known, said, where, is_real=is_real)
    return [*found, *gaps.check(campaign, said, where), *for_some.check(campaign, edition)]


def unusable(campaign: Campaign, problem: ValueError) -> Finding:
    cure = "Write the mail." if not campaign.html.strip() else "Mend the HTML."
    return Finding("block", "unusable", str(problem), cure, "content")


def check_edition(
    campaign: Campaign,
    edition: Edition,
    recipient: Recipient,
    known_tags: set[str],
    *,
    is_real: bool,
) -> list[Finding]:
    """What is wrong with the mail itself, as `recipient` would get it, whoever else it goes to."""
    said, where = sources(edition), places.of(campaign)
    return _check_edition(campaign, edition, recipient, known_tags, said, where, is_real=is_real)


def _check_edition(
    campaign: Campaign,
    edition: Edition,
    recipient: Recipient,
    known_tags: set[str],
    said: Sources,
    where: Places,
    *,
    is_real: bool,
) -> list[Finding]:
    broken, foreign = list(_templates(said, where)), list(foreign_tags.check(campaign))
    found = [*broken, *foreign, *_tags(said, where, known_tags)]
    if campaign.content_kind == Campaign.ContentKind.HTML:
        found += written_html.check(results.of_html(campaign.html, campaign.preheader.strip()))
        found += written_elements.check(campaign.html)
    else:
        found += written_blocks.check(campaign.blocks)
    if not broken:
        sent = list(_as_sent(campaign, edition, recipient, where, is_real=is_real))
        if any(finding.code == "template" or finding.code.startswith("mail-") for finding in sent):
            sent = _without_blame(campaign, edition, recipient, where, sent, is_real=is_real)
        found += [finding for finding in sent if finding.code != "template" or not foreign]
    return found


def _without_blame(
    campaign: Campaign,
    edition: Edition,
    recipient: Recipient,
    where: places.Places,
    found: list[Finding],
    *,
    is_real: bool,
) -> list[Finding]:
    """What is wrong for anybody blocks the launch; what is wrong for one person leaves out that person."""
    nobody = preview.recipient_of(None, tracked=True)
    general = list(_as_sent(campaign, edition, nobody, where, is_real=is_real))
    codes = {finding.code for finding in general}
    personal = [finding for finding in found if finding.level == "block" and finding.code not in codes]
    if not personal:
        return found
    text = f"No mail can be made for {recipient.email}, who will be left out: {personal[0].text}"
    return [*general, Finding("warn", "odd-person", text, "Correct their record, if they are to get it.", "to")]


def sources(edition: Edition) -> Sources:
    """Name, card and words of each part, tags of other systems left out: those are named apart."""
    known = foreign_tags.fields()
    return [
        ("subject", "subject", foreign_tags.set_aside(edition.subject, known, is_html=False)),
        ("preheader", "subject", foreign_tags.set_aside(edition.preheader, known, is_html=False)),
        ("mail", "content", foreign_tags.set_aside(edition.html, known, is_html=True)),
        ("plain text", "content", foreign_tags.set_aside(edition.text, known, is_html=False)),
    ]


def _templates(sources: Sources, where: Places) -> Iterator[Finding]:
    said: set[str] = set()
    for name, card, source in sources:
        for problem in language.check(source):
            if problem.near + problem.text not in said:
                said.add(problem.near + problem.text)
                near = f" Near: {problem.near}" if problem.near else ""
                text = f"A merge tag in the {name} does not work: {problem.text}{near}"
                cure = "Mend it, or insert it again from the list of tags."
                block = where.broken(problem) if name == "mail" else ""
                yield Finding("block", "template", text, cure, card, block=block)


def _tags(sources: Sources, where: Places, known: set[str]) -> Iterator[Finding]:
    """Each unknown name once; of very many the first ones, as each is looked for in every block."""
    unknown: dict[str, tuple[str, Card]] = {}
    for source_name, card, source in sources:
        for tag in sorted(language.tags_used(source) - known):
            if not tag.startswith(IN_SEGMENT):  # for_some speaks of those
                unknown.setdefault(tag, (source_name, card))
    cure = "Choose a tag from the list, or add the field."
    for tag, (source_name, card) in list(unknown.items())[:_MOST_UNKNOWN]:
        text = f"There is no field “{tag}”, which the {source_name} asks for."
        block = where.with_tag(tag) if source_name == "mail" else ""
        yield Finding("block", "unknown-tag", text, cure, card, block=block)
    if (more := len(unknown) - _MOST_UNKNOWN) > 0:
        yield Finding("block", "unknown-tag", f"{more:,} more tags name no field either.", cure, "content")


def _as_sent(
    campaign: Campaign, edition: Edition, recipient: Recipient, where: places.Places, *, is_real: bool
) -> Iterator[Finding]:
    """One message, built exactly as it would go out."""
    try:
        shown, sent = preview.compile_for_show(edition, recipient)
    except (language.Broken, ValueError) as problem:
        yield Finding("block", "template", str(problem), "Mend the mail.", "content")
        return
    page = list(html_tokens.tokens(shown.html))
    yield from _unsubscribe(edition)
    yield from _address(shown, edition)
    yield from links.check(where, [(href or "").strip() for href in html_tokens.hrefs(page)], is_real=is_real)
    yield from pictures.check(campaign, html_tokens.elements(page, "img"), shown, where)
    words = list(contrast.seen(page))
    yield from contrast.check(words, where)
    yield from structure.check(page, words, where)
    yield from _size(len(sent.html.encode()))
    yield from _linted(edition, recipient, is_real=is_real)


def _unsubscribe(edition: Edition) -> Iterator[Finding]:
    cure = "Add the footer block, or a link to {{ unsubscribe_url }}."
    if not re.search(r"""href\s*+=\s*+(?:["']\s*+)?\{\{-?\s*+unsubscribe_url\b""", edition.html):
        text = "The mail has no unsubscribe link, which the law and every large mailbox ask for."
        yield Finding("block", "no-unsubscribe", text, cure, "content")
    if "unsubscribe_url" not in language.tags_used(edition.text):
        text = "The plain text has no unsubscribe link."
        yield Finding("block", "no-unsubscribe-text", text, "Add {{ unsubscribe_url }} to the plain text.", "content")


def _address(shown: Parts, edition: Edition) -> Iterator[Finding]:
    address = _words(edition.organisation.get("postal_address", ""))
    if not address:
        text = "The organisation has no postal address, which every mail must show."
        yield Finding("block", "no-postal-address", text, "Enter it under Settings.", "content")
        return
    cure = "Add the footer block, or {{ postal_address }}."
    if address not in _words(html.visible_text(shown.html)):
        text = "The mail does not show your postal address, which the law asks for."
        yield Finding("block", "no-postal-address", text, cure, "content")
    elif address not in _words(shown.text):
        text = "The plain text does not show your postal address."
        yield Finding("warn", "no-postal-address-text", text, cure, "content")


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _size(size: int) -> Iterator[Finding]:
    if size > MAX_HTML_BYTES:
        text = f"The HTML has {size:,} bytes as sent. Gmail cuts mails off at about 100,000, footer and all."
        yield Finding("block", "too-large", text, f"Shorten it to {MAX_HTML_BYTES:,} bytes.", "content")
    elif size > _LARGE_HTML_BYTES:
        text = f"The HTML has {size:,} bytes as sent; Gmail cuts mails off at about 100,000."
        yield Finding("warn", "large", text, "Leave something out.", "content")


_STORAGE_CURE = "Remove it and add it again, or have whoever runs this installation look where files are kept."


def _linted(edition: Edition, recipient: Recipient, *, is_real: bool) -> Iterator[Finding]:
    """A safety net: what the linter alone sees is our fault more often than the author's."""
    ids = [1] * len(link_targets(edition))
    cure = "Change the part it names; if that does not help, report it to whoever runs this installation."
    try:
        raw = CompiledEdition(edition, batch_id=0, lists=(), link_ids=ids).build(recipient)
    except (language.Broken, ValueError) as problem:
        yield Finding("block", "mail-unwritten", f"The mail cannot be written: {problem}.", cure, "content")
        return
    except attached.Unreadable as problem:
        yield Finding("block", "attachment-unreadable", str(problem), _STORAGE_CURE, "attachments")
        return
    known = _SAID_ELSEWHERE if is_real else _SAID_ELSEWHERE | {"list-headers"}
    for violation in lint(raw, marketing=True, besides=known):
        text = f"The finished mail breaks a rule: {violation.text}."
        yield Finding("block", f"mail-{violation.rule}", text, cure, "content")
