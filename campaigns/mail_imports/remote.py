"""Pictures that a brought mail loads from other servers: copied into the library, a few seconds' worth at a time."""

import time
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlsplit

from accounts.models import Organisation, User
from accounts.pictures import files
from campaigns.content.images import library
from campaigns.content.images.forms import folder_named
from campaigns.drafts import saving
from campaigns.mail_imports import addresses, fetching
from campaigns.mail_imports.reading import Unusable
from campaigns.models import Campaign, Image

_SECONDS = 12.0
_A_COUNTER = 3  # pixels: what is smaller counts openings for somebody else


@dataclass(frozen=True, slots=True)
class Copied:
    count: int
    left: int
    problems: tuple[str, ...]


def of(campaign: Campaign) -> list[str]:
    """Those not of our library."""
    return [address for address in addresses.remote(campaign.html) if not files.name_in(address)]


def hosts(found: list[str]) -> list[str]:
    """Most pictures first."""
    return [host for host, _ in Counter(urlsplit(address).hostname or "" for address in found).most_common()]


def copy(campaign: Campaign, by: User) -> Copied:
    """As many as a few seconds allow; asked again, it goes on with the rest."""
    organisation = Organisation.get()
    base = organisation.public_address if organisation else ""
    wanted, ours, problems = of(campaign), {}, []
    end = time.monotonic() + _SECONDS
    tried = 0
    for address in wanted:
        if time.monotonic() > end:
            break
        tried += 1
        name = urlsplit(address).path.rpartition("/")[2] or "picture"
        try:
            data = fetching.picture(address)
            stored = library.store(BytesIO(data), name, "", by)
        except (Unusable, library.Refused) as problem:
            problems.append(f"{address[:120]} was not copied. {problem}")
            continue
        if max(stored.width, stored.height) < _A_COUNTER:
            library.delete(stored)
            problems.append(f"{address[:120]} counts openings for another system. Take it out of the HTML.")
            continue
        ours[address] = library.address(base, stored)
    if ours:
        folder = folder_named(campaign.name[:80].strip() or "Imported")
        Image.objects.filter(storage_name__in=map(files.name_in, ours.values())).update(folder=folder)
        saving.save(campaign.pk, lambda draft: _put(draft, ours), by=by, version=None)
    return Copied(len(ours), len(wanted) - tried, tuple(problems))


def _put(draft: Campaign, ours: dict[str, str]) -> None:
    draft.html = addresses.with_pictures(draft.html, lambda address: ours.get(address, address))
