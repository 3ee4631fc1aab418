"""The Celery application, its queues and the beat timetable.

Queues: `bulk` and `transactional` carry turns of the sending engine, `control` the dispatcher, `jobs` what takes long
(imports, building an audience). Every task is safe to lose: behind each stands a sweep that goes by the database.
"""

import gc
import os
from typing import Any

from celery import Celery, platforms, signals
from celery.schedules import crontab
from kombu.transport import redis

from config.orphans import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("tallypost")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# When Redis goes, kombu gives back what it had fetched and not begun, through a client that it has closed before: the
# worker would end by that, and with it what its children have on the wire. It need not: the tick queues it again.
_is_there = property(lambda channel: getattr(channel.connection, "client", None) is not None)
redis.Channel.do_restore = _is_there  # type: ignore[assignment]

# Celery's own reads a declaration in C for it, in each process that it forks: 2.5 MB.
platforms._set_pdeathsig = end_with_parent  # type: ignore[attr-defined]


@signals.worker_before_create_process.connect
def _share_with_children(**_: object) -> None:
    """Celery collects garbage before each fork and so writes to every page: to those of frozen objects it does not."""
    gc.freeze()


@signals.worker_ready.connect
def _say_ready(sender: Any, **_: object) -> None:
    from delivery.guards import readiness

    readiness.say(sender.hostname.partition("@")[0])


def _every(seconds: float, task: str, queue: str = "control") -> dict[str, object]:
    """A beat entry that expires before its successor: a stopped worker finds no heap of ticks."""
    return {"task": task, "schedule": seconds, "options": {"queue": queue, "expires": seconds}}


app.conf.beat_schedule = {
    "offer what is due": _every(1, "delivery.tick"),
    "count the rows again": _every(60, "delivery.audit", "jobs"),
    "fold engagement into contacts": _every(60, "tracking.fold", "jobs"),
    "count who can be reached": _every(60, "contacts.count_audience", "jobs"),
    "count who is in segments": _every(60, "contacts.count_segments", "jobs"),
    "index the fields that segments ask about": _every(600, "contacts.index_fields", "jobs"),
    "guess languages and time zones": _every(60, "contacts.guess", "jobs"),
    "count who has a value in a field": _every(60, "contacts.count_fields", "jobs"),
    "pick up lost changes of fields": _every(60, "contacts.sweep_field_changes", "jobs"),
    "fold who joined and left into days": _every(60, "contacts.fold_growth", "jobs"),
    "fold who was mailed and clicked into months": _every(60, "tracking.fold_cohorts", "jobs"),
    "learn whose servers domains use": _every(3600, "delivery.learn_domains", "jobs"),
    "pick up lost imports": _every(60, "contacts.sweep_imports", "jobs"),
    "take new names into the search": _every(15, "contacts.fold_search", "jobs"),
    "pick up lost exports, forget old ones": _every(120, "contacts.sweep_exports", "jobs"),
    "pick up lost changes of many people": _every(60, "contacts.sweep_bulk_changes", "jobs"),
    "forget what can no longer be undone": _every(3600, "contacts.forget_bulk_changes", "jobs"),
    "pick up lost audiences": _every(60, "contacts.sweep_fixed_audiences", "jobs"),
    "forget audiences of no campaign": _every(3600, "campaigns.forget_fixed_audiences", "jobs"),
    "pick up lost taggings": _every(60, "tracking.sweep_taggings", "jobs"),
    "pick up lost proof sheets": _every(60, "campaigns.sweep_proofs", "jobs"),
    "go on erasing": _every(600, "contacts.sweep_erasures", "jobs"),
    "note until when consent holds": _every(600, "contacts.apply_consent_rules", "jobs"),
    "forget abandoned imports": _every(3600, "contacts.forget_abandoned_imports", "jobs"),
    "forget sign-ups that nobody confirmed": _every(600, "contacts.sweep_signups", "jobs"),
    "pick up lost undoings of imports": _every(60, "contacts.sweep_undos", "jobs"),
    "forget what imports overwrote": _every(3600, "contacts.forget_old_imports", "jobs"),
    "give up what was delayed too long": _every(600, "delivery.give_up_delayed", "jobs"),
    "read providers' own lists": _every(86_400, "delivery.read_provider_lists", "jobs"),
    "look for providers that fell silent": _every(600, "delivery.look_for_silence", "jobs"),
    "forget old returned mail": _every(3600, "delivery.forget_returned", "jobs"),
    "read mailboxes of returned mail": _every(20, "delivery.read_mailboxes", "jobs"),
    "check the DNS of sending domains": _every(60, "delivery.check_domains", "jobs"),
    "look at blocklists and reverse DNS": _every(86_400, "delivery.look_at_reputation", "jobs"),
    "renew access tokens": _every(60, "delivery.renew_tokens", "jobs"),
    "look at DMARC reports": _every(600, "delivery.look_at_dmarc_reports", "jobs"),
    "tell what is wrong": _every(60, "delivery.alert", "jobs"),
    "mail weekly summaries": _every(600, "campaigns.weekly_summaries", "jobs"),
    "note where long campaigns stand": _every(600, "delivery.note_days", "jobs"),
    "forget old counts": _every(3600, "delivery.forget_counts", "jobs"),
    "take off events that are too old": _every(3600, "tracking.take_off_events", "jobs"),
    "make next month's partitions": {
        "task": "tracking.partitions",
        "schedule": crontab(hour="3", minute="17"),
        "options": {"queue": "control"},
    },
}
