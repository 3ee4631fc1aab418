"""What concerns everyone about the ways out."""

from collections.abc import Iterator

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.timesince import timesince
from redis.exceptions import RedisError

from accounts.models import Organisation, User
from accounts.permissions import Permission, allows
from accounts.shell.alarms import Alarm
from accounts.shell.notices import Notice
from delivery.feedback.listening import seen
from delivery.feedback.webhooks.catalogue import kinds
from delivery.guards import disk, heartbeat
from delivery.models import Provider, Webhook
from delivery.models.webhooks import NOTED_WITHIN
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
        cure = f"Make room: from {short.needed_mb:,} MB on it goes on by itself."
        yield Notice("bad", f"{text} {cure}", about=Alarm.DISK.about())


def paused_providers(user: User) -> Iterator[Notice]:
    """Also those out of order; only of those that mail is to leave through."""
    for provider in Provider.objects.out_of_service():
        if provider.is_default or removal.batches_under_way(provider).exists():
            yield _notice(provider, user)


def webhooks_in_trouble(user: User) -> Iterator[Notice]:
    """Reports that are refused, or that stopped while mail is accepted: nobody reads logs to learn that."""
    if not allows(user, Permission.DELIVERY):
        return
    for webhook in troubled_webhooks()[:3]:
        name, url = kinds()[webhook.kind].name, reverse("webhook", args=[webhook.pk])
        if webhook.is_refused:
            text = f"What {name} reports is refused, so bounces are missed. {webhook.refusal}"
            yield Notice("bad", text, url, "See how", Alarm.WEBHOOK.about(webhook.pk))
        else:
            since = timesince(webhook.silent_since, depth=1) if webhook.silent_since else ""
            text = f"{name} accepts mail and has reported nothing for {since}: bounces may be missed."
            yield Notice("warn", text, url, "Check it")


def troubled_webhooks() -> QuerySet[Webhook]:
    trouble = Q(silent_since__isnull=False) | Q(last_refused_at__gt=F("last_event_at") + NOTED_WITHIN)
    trouble |= Q(last_refused_at__isnull=False, last_event_at=None)
    return Webhook.objects.filter(trouble, state=Webhook.State.ACTIVE)


def mail_not_received(user: User) -> Iterator[Notice]:
    """Bounces that nobody receives are people who are written to again and again."""
    if words := seen.trouble(Organisation.get()):
        text = f"Bounces and complaints are not received as they should be. {words}"
        may_look = allows(user, Permission.DELIVERY)
        url, label = (reverse("returned"), "See why") if may_look else ("", "")
        yield Notice("bad", text, url, label, Alarm.RETURNED.about())


def held_reports(user: User) -> Iterator[Notice]:
    if allows(user, Permission.DELIVERY) and (waiting := seen.held()):
        reports, people = sum(one.reports for one in waiting), sum(one.people for one in waiting)
        text = f"{reports:,} returned mails would suppress up to {people:,} people: somebody has to look at them first."
        if wishes := sum(one.wishes for one in waiting):
            text += f" In {wishes:,} of them people complain or leave, and they get no mail until then."
        yield Notice("warn", text, reverse("returned"), "Look at them")


def _notice(provider: Provider, user: User) -> Notice:
    text = f"{provider.name} {provider.out_of_service_words}".strip()
    if not allows(user, Permission.DELIVERY):
        return Notice("bad", text, about=Alarm.PROVIDER.about(provider.pk))
    return Notice("bad", text, reverse("provider", args=[provider.pk]), "See why", Alarm.PROVIDER.about(provider.pk))
