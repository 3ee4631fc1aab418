"""A draft of what was brought along, with its pictures in the library."""

import posixpath
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import unquote

from django.utils import timezone

from accounts import wording
from accounts.models import Organisation, User
from campaigns.brands import choosing
from campaigns.content import blocks
from campaigns.content.images import library
from campaigns.content.images.forms import folder_named
from campaigns.mail_imports import addresses
from campaigns.mail_imports.models import MailImport
from campaigns.mail_imports.reading import Brought, Unusable
from campaigns.models import Campaign

_MOST_PICTURES = 80
_NAMED = 5


def draft(brought: Brought, kind: MailImport.Kind, by: User) -> Campaign:
    """Nothing of it is lost: what is cleaned away for sending stays in the draft. Raises Unusable."""
    html, notes = _with_library(brought, by)
    sender_name, sender_email = choosing.sender_of(None)
    today = timezone.localdate()
    campaign = Campaign.objects.create(
        name=(_name(brought) or f"Imported {wording.day(today, today)}")[:200],
        subject=brought.subject,
        preheader=brought.preheader,
        text=brought.plain,
        html=html,
        blocks=brought.document or blocks.empty(),
        content_kind=Campaign.ContentKind.BLOCKS if brought.document else Campaign.ContentKind.HTML,
        sender_name=sender_name,
        sender_email=sender_email,
        created_by=by,
        updated_by=by,
    )
    MailImport.objects.create(
        campaign=campaign,
        kind=kind,
        name=brought.name[:400],
        html=html,
        mjml=brought.source,
        notes=[*brought.notes, *notes],
        created_by=by,
    )
    return campaign


def _name(brought: Brought) -> str:
    return brought.name if brought.document else brought.subject or _plain_name(brought.name)


def _with_library(brought: Brought, by: User) -> tuple[str, list[str]]:
    """The HTML with the pictures of the archive taken into the library, and what is to be said of that."""
    wanted = _wanted(brought)
    if len(wanted) > _MOST_PICTURES:
        raise Unusable(f"The mail shows {len(wanted)} pictures of the ZIP file; {_MOST_PICTURES} are the most.")
    organisation = Organisation.get()
    base = organisation.public_address if organisation else ""
    ours: dict[str, str] = {}
    refused = []
    folder = folder_named(_plain_name(brought.name)[:80] or "Imported") if wanted else None
    for path in wanted:
        try:
            stored = library.store(BytesIO(brought.pictures[path]), posixpath.basename(path), "", by, folder=folder)
        except library.Refused as problem:
            refused.append(f"“{path}” was not taken. {problem}")
            continue
        ours[path] = library.address(base, stored)
    html = addresses.with_pictures(brought.text, lambda one: ours.get(_path(one, brought.folder), one))
    return html, [*_said(ours, folder), *refused[:_NAMED], *_missing(html)]


def _wanted(brought: Brought) -> list[str]:
    paths = (_path(address, brought.folder) for address in addresses.pictures(brought.text))
    return [path for path in dict.fromkeys(paths) if path in brought.pictures]


def _path(address: str, folder: str) -> str:
    if not addresses.is_relative(address):
        return ""
    plain = unquote(address.strip().partition("?")[0].partition("#")[0]).replace("\\", "/")
    return posixpath.normpath(posixpath.join(folder, plain))


def _said(ours: dict[str, str], folder: object) -> Iterator[str]:
    if ours:
        what = "1 picture is" if len(ours) == 1 else f"{len(ours)} pictures are"
        yield f"{what} in the library now, in the folder “{folder}”. Say there what each shows."


def _missing(html: str) -> Iterator[str]:
    lost = [address for address in addresses.pictures(html) if addresses.is_relative(address)]
    if lost:
        more = " …" if len(lost) > _NAMED else ""
        yield f"These pictures did not come along: {', '.join(lost[:_NAMED])}{more}. Upload them under Images."


def _plain_name(name: str) -> str:
    """Of a file or an address, as a person would call it."""
    base = name.rstrip("/").rpartition("/")[2].partition("?")[0] or name
    stem, dot, ending = base.rpartition(".")
    return (stem if dot and len(ending) <= 5 else base).replace("_", " ").strip()
