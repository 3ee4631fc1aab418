"""Where a picture is shown: what must not lose it, and what gets another in its place."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from accounts.models import BrandKit, User
from campaigns.drafts import saving
from campaigns.models import Campaign, Edition, Image, SavedBlock
from campaigns.sending.launching import NotADraft


@dataclass(frozen=True, slots=True)
class Use:
    kind: str
    name: str
    url: str


def of(image: Image) -> list[Use]:
    """Drafts first, then what was sent, then the rest."""
    names = image.all_names
    return [*_drafts(names), *_sent(names), *_saved(names), *_logo(names)]


def rename(before: str, after: str, *, by: User) -> int:
    """All drafts and saved blocks show the file `after` where they showed `before`. How many drafts those were."""
    for saved in _showing(SavedBlock.objects.select_for_update(), [before], "blocks"):
        saved.blocks = _swapped(saved.blocks, before, after)
        saved.save(update_fields=["blocks", "updated_at"])
    found = _showing(Campaign.objects.still_written(), [before], "html", "blocks").order_by("pk")
    count = 0
    for campaign_id in list(found.values_list("pk", flat=True)):
        try:
            saving.save(campaign_id, lambda draft: _put(draft, before, after), by=by, version=None)
        except (NotADraft, Campaign.DoesNotExist):  # launched or deleted meanwhile
            continue
        count += 1
    return count


def _drafts(names: list[str]) -> Iterable[Use]:
    found = _showing(Campaign.objects.still_written(), names, "html", "blocks")
    for campaign in found.select_related("template"):
        if hasattr(campaign, "template"):
            yield Use("Template", campaign.name, reverse("template", args=[campaign.pk]))
        else:
            yield Use("Draft", campaign.name, campaign.get_absolute_url())


def _sent(names: list[str]) -> Iterable[Use]:
    """What people received, and test mails: their readers load the picture from here."""
    editions = _showing(Edition.objects.all(), names, "html")
    campaigns = Campaign.objects.filter(pk__in=editions.filter(is_test=False).values("campaign"))
    found = [Use("Sent", campaign.name, campaign.get_absolute_url()) for campaign in campaigns]
    others = editions.filter(Q(campaign=None) | Q(is_test=True)).exclude(campaign__in=campaigns.values("pk"))
    return [*found, Use("Test mails", "Mails sent as a test", reverse("campaigns"))] if others.exists() else found


def _saved(names: list[str]) -> Iterable[Use]:
    found = _showing(SavedBlock.objects.all(), names, "blocks")
    return (Use("Saved block", saved.name, reverse("saved-block", args=[saved.pk])) for saved in found)


def _logo(names: list[str]) -> Iterable[Use]:
    found = BrandKit.objects.filter(Q(logo__in=names) | Q(logo_on_dark__in=names))
    return (Use("Logo", str(brand), reverse("brand", args=[brand.pk])) for brand in found)


def _showing(found: Any, names: list[str], *fields: str) -> Any:
    texts = {f"{field}_text": Cast(field, TextField()) for field in fields}
    wanted = reduce(or_, (Q(**{f"{text}__contains": name}) for text in texts for name in names))
    return found.alias(**texts).filter(wanted)


def _put(draft: Campaign, before: str, after: str) -> None:
    draft.html = draft.html.replace(before, after)
    draft.blocks = _swapped(draft.blocks, before, after)


def _swapped(value: Any, before: str, after: str) -> Any:
    return json.loads(json.dumps(value).replace(before, after))
