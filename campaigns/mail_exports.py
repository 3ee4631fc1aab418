"""A campaign to take along: its HTML, the same with its pictures in a ZIP file, its blocks as JSON, its plain text."""

import json
import re
import zipfile
from io import BytesIO

from campaigns.content import blocks, playing
from campaigns.content.blocks.pictures import PLAYED
from campaigns.content.images import serving
from campaigns.mail_imports import addresses
from campaigns.mail_imports.reading import FORMAT
from campaigns.message import editions
from campaigns.models import Campaign

_AS_IT_IS = zipfile.ZIP_STORED  # pictures are packed already
_WHEN = (2000, 1, 1, 0, 0, 0)  # the same file for the same mail


def html(campaign: Campaign) -> str:
    """As it goes out, with merge tags. Raises blocks.Invalid, html.Unusable."""
    return editions.compose(campaign).html


def text(campaign: Campaign) -> str:
    """Raises blocks.Invalid, html.Unusable."""
    return editions.compose(campaign).text


def document(campaign: Campaign) -> str:
    """The blocks and what belongs to them, to be imported again here or elsewhere. Raises blocks.Invalid."""
    said = {
        "format": FORMAT,
        "version": 1,
        "name": campaign.name,
        "subject": campaign.subject,
        "preheader": campaign.preheader,
        "text": campaign.text,
        "blocks": blocks.validate(campaign.blocks or blocks.empty()),
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def archive(campaign: Campaign) -> bytes:
    """mail.html, its plain text, and the library's pictures beside it. Raises blocks.Invalid, html.Unusable."""
    composed = editions.compose(campaign)
    pictures: dict[str, bytes] = {}

    def beside(address: str) -> str:
        name = address.rpartition("/")[2]
        path, find = (
            (f"images/play-{name}", playing.played) if PLAYED in address else (f"images/{name}", serving.content)
        )
        if path not in pictures and (picture := find(name)):
            pictures[path] = picture
        return path if path in pictures else address

    page = addresses.with_pictures(composed.html, beside)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo("mail.html", _WHEN), page, zipfile.ZIP_DEFLATED)
        packed.writestr(zipfile.ZipInfo("mail.txt", _WHEN), composed.text, zipfile.ZIP_DEFLATED)
        for path, data in pictures.items():
            packed.writestr(zipfile.ZipInfo(path, _WHEN), data, _AS_IT_IS)
    return out.getvalue()


def file_name(campaign: Campaign) -> str:
    """Without its ending."""
    plain = re.sub(r"[^\w-]+", "-", campaign.name).strip("-").lower()
    return plain[:60] or f"campaign-{campaign.pk}"
