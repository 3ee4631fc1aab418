"""What preflight says of a mail made of blocks: what is empty, leads nowhere or is not described."""

from collections.abc import Iterator

from django.utils.html import strip_tags
from django.utils.text import Truncator

from accounts.pictures import files
from campaigns import starters
from campaigns.content import blocks
from campaigns.content.blocks import Block, Document, links
from campaigns.models import Image
from campaigns.preflight.findings import Finding

_SHOWING = frozenset({"image", "image_text", "product", "video"})


def check(document: Document) -> Iterator[Finding]:
    written = list(blocks.walk(blocks.validate(document or blocks.empty())))
    if not any(block["kind"] in {*blocks.WORDS, "image"} and _is_filled(block) for block in written):
        first = next((block["id"] for block in written if block["kind"] in blocks.WORDS), "")
        yield Finding("block", "nothing-written", "Nothing is written yet.", "Write the mail.", "content", block=first)
    yield from _empty(written)
    yield from _of_template(written)
    for block in written:
        if block["kind"] == "button":
            yield from _button(block)
        if block["kind"] == "video" and block["image"] and not block["url"]:
            text = "The picture of a video leads nowhere."
            yield Finding("block", "empty-link", text, "Enter where the video plays.", "content", block=block["id"])
        if block["kind"] == "event" and blocks.says(block) and not block["day"]:
            text = f"The event “{block['text']}” has no day, and is left out of the mail."
            yield Finding("block", "event-without-day", text, "Enter its day.", "content", block=block["id"])
    yield from _pictures([block for block in written if block["kind"] in _SHOWING])


def _empty(written: list[Block]) -> Iterator[Finding]:
    first_of = {block["kind"]: block["id"] for block in reversed(written) if not _is_filled(block)}
    for kind, first in sorted(first_of.items()):
        if kind != "button":
            text = f"An empty {blocks.KINDS[kind].label.lower()} is left out of the mail."
            cure = "Fill it, or remove it."
            yield Finding("warn", "empty-block", text, cure, "content", block=first)


def _of_template(written: list[Block]) -> Iterator[Finding]:
    """What nobody has rewritten: it speaks of shops and people that do not exist."""
    known = starters.sentences()
    kept = [(block, words) for block, words in starters.words_of(written).items() if words in known]
    if kept:
        block, words = kept[0]
        many = "A place still says" if len(kept) == 1 else f"{len(kept)} places still say"
        text = f"{many} what the template said: “{Truncator(strip_tags(words)).chars(60)}”."
        yield Finding("warn", "template-words", text, "Write your own words, or remove them.", "content", block=block)


def _button(block: Block) -> Iterator[Finding]:
    if block.get("url") and not blocks.says(block):
        text = "A button has a link, but no words."
        yield Finding("block", "button-without-words", text, "Say what it does.", "content", block=block["id"])
    if not block.get("url"):
        label = block.get("label", "")
        text = f"The button “{label}” leads nowhere." if label else "A button has neither words nor a link."
        cure = "Enter its link, or remove it."
        yield Finding("block", "empty-link", text, cure, "content", block=block["id"])


def _pictures(images: list[Block]) -> Iterator[Finding]:
    silent = [block for block in images if block.get("image") and not block.get("alt")]
    decorative = _decorative([block["image"] for block in silent])
    silent = [block for block in silent if files.name_in(block["image"]) not in decorative]
    if silent:
        text = "1 picture has" if len(silent) == 1 else f"{len(silent)} pictures have"
        cure = f"Say in a few words what {'it shows' if len(silent) == 1 else 'they show'}."
        yield Finding("warn", "no-alt", f"{text} no description.", cure, "content", block=silent[0]["id"])


def _decorative(addresses: list[str]) -> set[str]:
    """Of these pictures the names of those of the library that are said to say nothing, as they are said now."""
    names = [name for name in map(files.name_in, addresses) if name]
    found = Image.objects.filter(storage_name__in=names, is_decorative=True)
    return set(found.values_list("storage_name", flat=True))


def _is_filled(block: Block) -> bool:
    """Whether the mail shows it; what social links show is the brand's to say."""
    if block["kind"] in {"image", "video"}:
        return bool(block["image"])
    return bool(links.entries(block)) if block["kind"] == "menu" else blocks.says(block)
