"""What preflight says of the pictures of a mail: what they weigh, what they lack, whether words are left without."""

import re
from collections.abc import Iterable, Iterator, Sequence

from accounts.pictures import files
from campaigns.attachments import weight
from campaigns.models import Campaign, Image
from campaigns.preflight import written_html
from campaigns.preflight.findings import Finding
from campaigns.preflight.places import Places
from delivery.content import Parts

MOST_BYTES = 1_000_000  # of all together
_HEAVY_BYTES = 500_000  # of one
_FEW_LETTERS = 100

Attributes = dict[str, str | None]


def check(campaign: Campaign, images: Sequence[Attributes], shown: Parts, places: Places) -> Iterator[Finding]:
    """`images`: what the img elements of the mail say as somebody gets it."""
    if campaign.content_kind == Campaign.ContentKind.HTML:
        yield from written_html.pictures([image.get("src") for image in images], places)
        yield from _undescribed(images, places)
    written = [image for image in images if (image.get("src") or "").startswith("data:")]
    if written:
        text = "A picture is written into the HTML itself; most mailboxes do not show such pictures."
        cure, block = "Upload it under Images and use its address.", places.with_picture(written[0]["src"] or "")
        yield Finding("warn", "data-image", text, cure, "content", block=block)
    letters = sum(map(str.isalpha, re.sub(r"\(https?:[^\s)]*+\)?", "", shown.text)))
    if images and letters < _FEW_LETTERS:
        text = "The mail is hardly more than pictures: without them nothing is left to read, and filters distrust it."
        yield Finding("warn", "image-only", text, "Say the main thing in words.", "content")
    yield from _weight([image.get("src") or "" for image in images], places)


def _undescribed(images: Sequence[Attributes], places: Places) -> Iterator[Finding]:
    silent = [image for image in images if image.get("alt") is None]
    if silent:
        text = "1 picture has" if len(silent) == 1 else f"{len(silent)} pictures have"
        block = places.with_picture((silent[0].get("src") or "").strip())
        yield Finding("warn", "no-alt", f"{text} no description.", 'Add alt="…" to each.', "content", block=block)


def _weight(addresses: Sequence[str], places: Places) -> Iterator[Finding]:
    """Of the library's pictures, each counted once: what others keep elsewhere is not asked for its size."""
    sizes = _sizes(dict.fromkeys(addresses))
    heaviest = max(sizes, key=sizes.__getitem__, default="")
    if heaviest and sizes[heaviest] > _HEAVY_BYTES:
        more = sum(size > _HEAVY_BYTES for size in sizes.values()) - 1
        others = f", and {more} more {'is' if more == 1 else 'are'} heavy, too" if more else ""
        text = f"A picture has {weight.in_words(sizes[heaviest])}{others}: on a phone people see a gap for a while."
        cure = "Make it smaller under Images, or take a still picture instead of a moving one."
        yield Finding("warn", "heavy-picture", text, cure, "content", block=places.with_picture(heaviest))
    total = sum(sizes.values())
    if total > MOST_BYTES:
        text = f"The pictures have {weight.in_words(total)} together; {weight.in_words(MOST_BYTES)} is what loads well."
        cure = "Use fewer or smaller ones."
        yield Finding("warn", "heavy-pictures", text, cure, "content", block=places.with_picture(heaviest))


def _sizes(addresses: Iterable[str]) -> dict[str, int]:
    """Bytes by address, of those that the library has."""
    names = {name: address for address in addresses if (name := files.name_in(address))}
    found = Image.objects.filter(storage_name__in=names).values_list("storage_name", "size_bytes") if names else ()
    return {names[name]: size for name, size in found}
