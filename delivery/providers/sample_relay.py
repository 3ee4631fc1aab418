"""The way out of the demo's mail: it leads nowhere and is paused besides, so that nothing of the demo ever leaves."""

from django.db.models import QuerySet
from django.utils import timezone

from delivery.models import Provider
from delivery.models.providers import SAMPLE_HOST
from delivery.providers import removal
from delivery.providers.out_of_service import BELONGS_TO_THE_DEMO


def make() -> Provider:
    relay = Provider.objects.create(
        name="Harbour relay", host=SAMPLE_HOST, username="harbour-books", per_second=25, tested_at=timezone.now()
    )
    relay.pause(BELONGS_TO_THE_DEMO)
    return relay


def is_there() -> bool:
    return relays().exists()


def remove() -> None:
    """It stays while something that is no demo data is to leave through it, which never will."""
    for relay in relays():
        if not removal.batches_under_way(relay).exists():
            removal.remove(relay)


def relays() -> QuerySet[Provider]:
    """None, or the one."""
    return Provider.objects.kept().filter(host=SAMPLE_HOST)
