from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import AuditEntry
from delivery.models import LanePace, Provider, ReturnMailbox, Route, SandboxMail, SandboxRules, WarmupPlan
from delivery.policy import warmup
from delivery.replies import Category
from delivery.routing import circuits
from delivery.throttling import warmup_plans
from tests.web import stage
from tests.web.address import ADMINS, STAFF, WRITERS, Address, beside
from tests.web.cast import Cast


def relay(cast: Cast) -> dict[str, Any]:
    return {"provider_id": stage.provider(cast).pk}


def paused_relay(cast: Cast) -> dict[str, Any]:
    stage.provider(cast).pause("Paused by hand.")
    return relay(cast)


def relay_in_trouble(cast: Cast) -> dict[str, Any]:
    circuits.refused(stage.provider(cast), Category.PROVIDER_AUTH, "535 5.7.8 authentication failed")
    return relay(cast)


def returned(cast: Cast) -> dict[str, Any]:
    return {"returned_id": stage.returned(cast).pk}


def route(cast: Cast) -> Route:
    return cast.once("route", lambda: Route.objects.create(provider=stage.provider(cast)))


def second_of_route(cast: Cast) -> dict[str, Any]:
    def make() -> Route:
        route(cast)
        other = Provider.objects.create(name="Backup", host="127.0.0.1", port=2526, security="none")
        return Route.objects.create(provider=other, position=2)

    return {"route_id": cast.once("second of route", make).pk}


def mail(cast: Cast) -> dict[str, Any]:
    return {"mail_id": stage.sandbox_mail(cast).pk}


def form(cast: Cast) -> dict[str, Any]:
    return {
        "name": "Another relay",
        "host": "127.0.0.1",
        "port": 2525,
        "security": "none",
        "connections": 2,
        "messages_per_connection": 10,
    }


def rules(cast: Cast) -> dict[str, Any]:
    return {
        "delay_min_ms": 0,
        "delay_max_ms": 5,
        "refused_percent": 1,
        "deferred_percent": 0,
        "dropped_percent": 0,
        "complained_percent": 0,
        "keep_mails": 1000,
        "keep_days": 3,
    }


def relay_now(cast: Cast) -> Any:
    return Provider.objects.filter(kind="smtp").values("name", "state", "is_default", "removed_at").first()


def newest(cast: Cast) -> dict[str, Any]:
    return {"newest_id": stage.sandbox_mail(cast).pk}


def plan(cast: Cast) -> dict[str, Any]:
    def make() -> WarmupPlan:
        made = warmup_plans.start(provider=stage.provider(cast), caps=warmup.CONSERVATIVE)
        figures = {"cap": 50, "used": 20, "hard": 0, "complaints": 0, "deferred": 0}
        decision = warmup.advance(1, warmup.Yesterday(50, 20))
        made.days.create(date=made.today - timedelta(1), day=1, next_day=1, reason=decision.reason, **figures)
        return made

    return {"plan_id": cast.once("plan", make).pk}


def held_plan(cast: Cast) -> dict[str, Any]:
    given = plan(cast)
    WarmupPlan.objects.update(state="held")
    return given


def plans_now(cast: Cast) -> Any:
    return list(WarmupPlan.objects.values("state", "sender_domain"))


def slowed_relay(cast: Cast) -> dict[str, Any]:
    later = timezone.now() + timedelta(hours=2)
    given = {"words": "421 4.7.0 [TSS04] deferred", "heard_at": timezone.now()}
    LanePace.objects.get_or_create(provider=stage.provider(cast), lane="yahoo", defaults={"held_until": later, **given})
    LanePace.objects.get_or_create(provider=stage.provider(cast), lane="gmail", defaults={"rate": 12, **given})
    return relay(cast)


def mailbox(cast: Cast) -> dict[str, Any]:
    return {"mailbox_id": stage.return_mailbox(cast).pk}


def paused_mailbox(cast: Cast) -> dict[str, Any]:
    given = mailbox(cast)
    ReturnMailbox.objects.update(is_paused=True)
    return given


def mailbox_in_trouble(cast: Cast) -> dict[str, Any]:
    found = stage.return_mailbox(cast)
    for _ in range(2):
        found.fails("The server refused the user name or the password.", "Enter both again.", f"NO {stage.LONG_NAME}")
    return mailbox(cast)


def mailbox_form(cast: Cast) -> dict[str, Any]:
    return {
        "name": "Other bounces",
        "protocol": "imap",
        "host": "imap.example.org",
        "port": 993,
        "security": "tls",
        "username": "bounces@example.org",
        "login_by": "password",
        "secret": "an app password",
        "folder": "",
        "afterwards": "mark",
    }


def mailboxes_now(cast: Cast) -> Any:
    return list(ReturnMailbox.objects.order_by("pk").values("name", "is_paused", "host"))


ADDRESSES = {
    "mailboxes": Address(ADMINS, states=(beside(mailbox),)),
    "mailbox-new": Address(ADMINS, post=mailbox_form, changes=mailboxes_now, spoil="main .btn-primary"),
    "mailbox": Address(ADMINS, args=mailbox, states=(paused_mailbox, mailbox_in_trouble)),
    "mailbox-edit": Address(ADMINS, args=mailbox, post=mailbox_form, changes=mailboxes_now),
    "mailbox-test": Address(ADMINS, args=mailbox, get=False, no_page="opens a connection, stores nothing"),
    "mailbox-test-steps": Address(
        ADMINS,
        args=lambda cast: mailbox(cast) | {"key": UUID(int=1)},
        statuses=frozenset({302}),
        no_page="a fragment; leads to the mailbox without htmx",
    ),
    "mailbox-pause": Address(ADMINS, args=mailbox, get=False, post=lambda cast: {}, changes=mailboxes_now),
    "mailbox-resume": Address(ADMINS, args=paused_mailbox, get=False, post=lambda cast: {}, changes=mailboxes_now),
    "mailbox-remove": Address(ADMINS, args=mailbox, get=False, post=lambda cast: {}, changes=mailboxes_now),
    "providers": Address(ADMINS, args=beside(stage.provider)),
    "provider-new": Address(
        ADMINS, post=form, changes=lambda cast: Provider.objects.count(), spoil="main .btn-primary"
    ),
    "provider": Address(ADMINS, args=relay, states=(slowed_relay, relay_in_trouble)),
    "warmups": Address(
        ADMINS,
        args=beside(plan),
        post=lambda cast: {"sender_domain": "news.example.org", "caps": "50 100 200"},
        changes=plans_now,
        spoil="main .btn-primary",
    ),
    "warmup-hold": Address(ADMINS, args=plan, get=False, post=lambda cast: {}, changes=plans_now),
    "warmup-resume": Address(ADMINS, args=held_plan, get=False, post=lambda cast: {}, changes=plans_now),
    "warmup-end": Address(ADMINS, args=plan, get=False, post=lambda cast: {}, changes=plans_now),
    "provider-edit": Address(ADMINS, args=relay, post=form, changes=relay_now),
    "provider-test": Address(ADMINS, args=relay, get=False, no_page="opens a connection, stores nothing"),
    "provider-test-steps": Address(
        ADMINS,
        args=lambda cast: relay(cast) | {"key": UUID(int=1)},
        statuses=frozenset({302}),
        no_page="a fragment; leads to the provider without htmx",
    ),
    "provider-default": Address(ADMINS, args=relay, get=False, post=lambda cast: {}, changes=relay_now),
    "provider-pause": Address(ADMINS, args=relay, get=False, post=lambda cast: {}, changes=relay_now),
    "provider-resume": Address(ADMINS, args=paused_relay, get=False, post=lambda cast: {}, changes=relay_now),
    "provider-remove": Address(ADMINS, args=relay, get=False, post=lambda cast: {}, changes=relay_now),
    "routes": Address(
        ADMINS,
        args=beside(route),
        post=lambda cast: {"provider": stage.provider(cast).pk, "weight": 2, "sender_domain": "news.example.org"},
        changes=lambda cast: Route.objects.count(),
        spoil="main .btn-primary",
    ),
    "route-move": Address(
        ADMINS,
        args=second_of_route,
        get=False,
        post=lambda cast: {"to": "up"},
        changes=lambda cast: list(Route.objects.order_by("pk").values_list("position", flat=True)),
    ),
    "route-remove": Address(
        ADMINS, args=second_of_route, get=False, post=lambda cast: {}, changes=lambda cast: Route.objects.count()
    ),
    "returned-raw": Address(STAFF, args=returned),
    "returned-raw-download": Address(
        WRITERS, args=returned, get=False, post=lambda cast: {}, changes=lambda cast: AuditEntry.objects.count()
    ),
    "sandbox": Address(STAFF, args=beside(stage.sandbox_mail)),
    "sandbox-rules": Address(
        ADMINS,
        get=False,
        post=rules,
        changes=lambda cast: SandboxRules.get().delay_max_ms,
    ),
    "sandbox-empty": Address(
        WRITERS,
        args=beside(stage.sandbox_mail),
        get=False,
        post=newest,
        changes=lambda cast: SandboxMail.objects.count(),
    ),
    "sandbox-mail": Address(STAFF, args=mail),
    "sandbox-html": Address(STAFF, args=mail, no_page="the mail itself, in a frame"),
    "sandbox-raw": Address(STAFF, args=mail, no_page="answers with a file"),
    "sandbox-unsubscribe": Address(
        WRITERS, args=mail, get=False, no_page="acts through the public address of the mail, tested there"
    ),
    "sandbox-complain": Address(
        WRITERS, args=mail, get=False, post=lambda cast: {}, changes=lambda cast: AuditEntry.objects.count()
    ),
}
