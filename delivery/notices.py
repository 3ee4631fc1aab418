"""What concerns everyone about the ways out."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.timesince import timesince
from redis.exceptions import RedisError

from accounts.models import Organisation, User
from accounts.permissions import Permission, allows
from accounts.shell.notices import Notice
from delivery.feedback.listening import seen
from delivery.guards import disk, heartbeat
from delivery.models import Provider
from delivery.providers import removal

_START = "Start Tallypost again on its server: make run."


def silent_workers(user: User) -> Iterator[Notice]:
    try:
        since = heartbeat.silent_since()
    except RedisError:
        yield Notice("bad", f"The queue does not answer, so nothing is sent; nothing is lost. {_START}")
        return
    if since:
        text = f"The background workers have been silent for {timesince(since, depth=1)}: "
        yield Notice("bad", f"{text}nothing is sent and no import goes on; nothing is lost. {_START}")


def short_disk(user: User) -> Iterator[Notice]:
    if short := disk.known_shortage():
        text = f"The disk of {short.host} has {short.free_mb:,} MB left, so nothing is sent; nothing is lost."
        yield Notice("bad", f"{text} Make room: from {short.needed_mb:,} MB on it goes on by itself.")


def paused_providers(user: User) -> Iterator[Notice]:
    """Also those out of order; only of those that mail is to leave through."""
    for provider in Provider.objects.out_of_service():
        if provider.is_default or removal.batches_under_way(provider).exists():
            yield _notice(provider, user)


def returned_mail(user: User) -> Iterator[Notice]:
    """Bounces that nobody receives are people who are written to again and again."""
    may_look = allows(user, Permission.DELIVERY)
    url = reverse("returned") if may_look else ""
    if words := seen.trouble(Organisation.get()):
        yield Notice("bad", f"Bounces and complaints are not received. {words}", url, "See why" if may_look else "")
    if may_look and (waiting := seen.held()):
        reports, people = sum(one.reports for one in waiting), sum(one.people for one in waiting)
        text = f"{reports:,} returned mails would suppress up to {people:,} people: somebody has to look at them first."
        yield Notice("warn", text, url, "Look at them")


def _notice(provider: Provider, user: User) -> Notice:
    text = f"{provider.name} {provider.out_of_service_words}".strip()
    if not allows(user, Permission.DELIVERY):
        return Notice("bad", text)
    return Notice("bad", text, reverse("provider", args=[provider.pk]), "See why")
