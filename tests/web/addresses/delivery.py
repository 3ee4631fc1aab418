from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import AuditEntry, Organisation
from delivery.domains import links
from delivery.domains.models import DomainLink, SendingDomain, SigningKey
from delivery.domains.signing import keys as signing_keys
from delivery.feedback.webhooks import managing
from delivery.models import (
    AskedBlocklist,
    Attempt,
    Batch,
    DmarcSource,
    DomainMail,
    FeedbackEvent,
    LanePace,
    MailboxFigure,
    MinuteCount,
    OAuthLogin,
    Provider,
    ProviderHour,
    Returned,
    ReturnListener,
    ReturnMailbox,
    Route,
    SandboxKey,
    SandboxLogin,
    SandboxMail,
    SandboxMailbox,
    SandboxRule,
    SendingAddress,
    WarmupPlan,
    Webhook,
)
from delivery.policy import warmup
from delivery.replies import Category
from delivery.routing import circuits
from delivery.sandbox.api import keys
from delivery.sandbox.mailboxes import logins
from delivery.sandbox.rehearsing import switching
from delivery.throttling import warmup_plans
from tests.delivery.feedback import returned as reports
from tests.running import free_port
from tests.web import sending_domains, stage
from tests.web.address import ADMINS, STAFF, WRITERS, Address, beside
from tests.web.cast import Cast


def relay(cast: Cast) -> dict[str, Any]:
    return {"provider_id": stage.provider(cast).pk}


def paused_relay(cast: Cast) -> dict[str, Any]:
    stage.provider(cast).pause("Paused by hand.")
    return relay(cast)


def rehearsing_relay(cast: Cast) -> dict[str, Any]:
    switching.begin(stage.provider(cast), ["me@nordlicht.example"])
    return relay(cast)


def relay_in_trouble(cast: Cast) -> dict[str, Any]:
    circuits.refused(stage.provider(cast), Category.PROVIDER_AUTH, "535 5.7.8 authentication failed")
    return relay(cast)


def busy_relay(cast: Cast) -> dict[str, Any]:
    """With limits, some of them used up, a day's tries and a last error."""
    given = relay(cast)
    Provider.objects.filter(pk=given["provider_id"]).update(per_second=10, per_hour=5_000, per_day=50_000)
    now = timezone.now()
    MinuteCount.objects.get_or_create(provider_id=given["provider_id"], minute=now, defaults={"count": 4_200})
    tries = {"accepted": 12_014, "deferred": 41, "refused": 9, "uncertain": 1, "accepted_ms": 900_000}
    ProviderHour.objects.get_or_create(provider_id=given["provider_id"], slot=0, defaults={"hour": now, **tries})
    batch = Batch.objects.create(rehearsal=True, content_kind="edition", content_id=1)
    said = {"code": 452, "enhanced": "4.2.2", "text": f"<b>full</b> {stage.LONG_NAME}", "category": "mailbox_full"}
    message = {"message_id": 1, "batch": batch, "stage": "RCPT", "decision": "retry"}
    Attempt.objects.create(provider_id=given["provider_id"], **message, **said)
    return given


def draining_relay(cast: Cast) -> dict[str, Any]:
    """One of its own: the other may still be wanted in rehearsal."""
    fields = {"name": "Drained", "host": "127.0.0.1", "port": free_port(), "security": "none"}
    made = cast.once("drained", lambda: Provider.objects.create(state=Provider.State.DRAINING, **fields))
    return {"provider_id": made.pk}


def returned(cast: Cast) -> dict[str, Any]:
    return {"returned_id": stage.returned(cast).pk}


def what_was_sent(cast: Cast) -> dict[str, Any]:
    stage.returned(cast)
    return {"query": "?days=90"}


def returned_set_up(cast: Cast) -> dict[str, Any]:
    """A bounce domain, a listener that listens, and reports in several states."""
    cast.once("returned set up", lambda: _set_up_returned(cast))
    Organisation.objects.update(bounce_domain="returns.nordlicht.example")
    return {}


def returned_tested(cast: Cast) -> dict[str, Any]:
    return returned_set_up(cast) | {"query": f"?test={bytes(stage.returned(cast).digest).hex()}"}


def _set_up_returned(cast: Cast) -> bool:
    given = {"place": "127.0.0.1:2526", "is_open": True, "since": timezone.now(), "refused_unknown": 1_234}
    ReturnListener.objects.update_or_create(pk=1, defaults=given | {"seen_at": timezone.now() + timedelta(days=1)})
    stage.returned(cast)
    reports.hand_in(b"Subject: offer\r\n\r\nBuy\r\n")
    for way, source in (("mailbox", "mailbox 3"), ("listener", "listener")):
        waiting = {"way": way, "source": source, "state": "held", "would_suppress": 30_000, "due_at": None}
        Returned.objects.create(raw=b"x", digest=source.ljust(16)[:16].encode(), **waiting)
    return True


def held_source(cast: Cast) -> dict[str, Any]:
    waiting = Returned.objects.get(source="listener", state="held")
    return {"source": "listener", "newest_id": waiting.pk, "typed": "30,000"}


def waiting_for_a_look(cast: Cast) -> Any:
    return list(Returned.objects.filter(state="held").order_by("pk").values_list("source", flat=True))


def route(cast: Cast) -> Route:
    return cast.once("route", lambda: Route.objects.create(provider=stage.provider(cast)))


def second_of_route(cast: Cast) -> dict[str, Any]:
    def make() -> Route:
        route(cast)
        other = Provider.objects.create(name="Backup", host="127.0.0.1", port=2526, security="none")
        return Route.objects.create(provider=other, position=2)

    return {"route_id": cast.once("second of route", make).pk}


def tried_address(cast: Cast) -> dict[str, Any]:
    """With every kind of finding."""
    relay_in_trouble(cast)
    own = stage.provider(cast).pk
    return {"query": f"?email=ana@gmail.com&sender=news@nordlicht.example&stream=marketing&own={own}"}


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


def staging(cast: Cast) -> dict[str, Any]:
    def make() -> SandboxMailbox:
        made = SandboxMailbox.objects.create(name=stage.LONG_NAME[:80])
        logins.issue(made, stage.ARABIC_NAME)
        keys.issue(made, stage.ARABIC_NAME)
        return made

    return {"mailbox_id": cast.once("staging", make).pk}


def staging_login(cast: Cast) -> dict[str, Any]:
    return {"login_id": SandboxLogin.objects.get(mailbox_id=staging(cast)["mailbox_id"]).pk}


def staging_key(cast: Cast) -> dict[str, Any]:
    return {"key_id": SandboxKey.objects.get(mailbox_id=staging(cast)["mailbox_id"]).pk}


def staging_form(cast: Cast) -> dict[str, Any]:
    return {"name": "QA", "keep_mails": 500, "keep_days": 3}


def of_staging(cast: Cast) -> dict[str, Any]:
    return {"query": f"?box={staging(cast)['mailbox_id']}"}


def searched(cast: Cast) -> dict[str, Any]:
    return {"query": "?q=nothing"}


def mail_checked(cast: Cast) -> dict[str, Any]:
    return mail(cast) | {"query": "?view=check"}


def sandbox_now(cast: Cast) -> Any:
    mailboxes = list(SandboxMailbox.objects.order_by("pk").values("name", "keep_mails"))
    keys_now = list(SandboxKey.objects.order_by("pk").values("beginning"))
    return mailboxes, keys_now, list(SandboxLogin.objects.order_by("pk").values("username"))


def rule(cast: Cast) -> dict[str, Any]:
    def make() -> SandboxRule:
        return SandboxRule.objects.create(effect="refuse", stage="recipient", reply="550 5.1.1 No", pattern="x" * 150)

    return {"rule_id": cast.once("sandbox rule", make).pk}


def rule_form(cast: Cast) -> dict[str, Any]:
    return {"pattern": "*@gmail.example", "percent": "5", "stage": "dot", "reply": "550 5.7.1 Not here"}


def rules_now(cast: Cast) -> Any:
    return list(SandboxRule.objects.order_by("pk").values())


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
    return {"mailbox_id": stage.return_mailbox(cast, "Paused", is_paused=True).pk}


def mailbox_in_trouble(cast: Cast) -> dict[str, Any]:
    found = stage.return_mailbox(cast, "In trouble", failures=2)
    found.fails("The server refused the user name or the password.", "Enter both again.", f"NO {stage.LONG_NAME}")
    return {"mailbox_id": found.pk}


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


def webhook(cast: Cast, kind: str = "sendgrid") -> dict[str, Any]:
    """As it stands after some days, with the last request refused."""

    def make() -> Webhook:
        made = managing.add(kind, provider=stage.provider(cast), label=stage.LONG_NAME)
        managing.enter_keys(made, {"public_key": "MFkwEwYHKoZIzj0CAQ"})
        words = "The signature does not fit the key that is entered here."
        report = cast.once(
            f"report {kind}",
            lambda: Returned.objects.create(
                way="webhook",
                source=made.source,
                form=f"webhook:{kind}",
                raw=b"{}",
                digest=kind.encode(),
                state="nothing",
                words="It changes nothing.",
                due_at=None,
            ),
        )
        FeedbackEvent.objects.create(
            message_id=1_000_000_000 + made.pk,  # no real mail's number
            batch=Batch.objects.create(rehearsal=True, content_kind="edition", content_id=1),
            kind="bounce",
            category="mailbox_full",
            diagnostic="552 5.2.2 <b>over quota</b>",
            source=made.source,
            returned=report,
        )
        Webhook.objects.filter(pk=made.pk).update(refused=3, last_refused_at=timezone.now(), refusal=words)
        return made

    return {"webhook_id": cast.once(f"webhook {kind}", make).pk}


def paused_webhook(cast: Cast) -> dict[str, Any]:
    given = webhook(cast)
    Webhook.objects.update(state="paused")
    return given


def unsigned_webhook(cast: Cast) -> dict[str, Any]:
    return webhook(cast, "postmark")


def asking_webhook(cast: Cast) -> dict[str, Any]:
    given = webhook(cast, "amazon_ses")
    url = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=x"
    offered = {"topic": "arn:aws:sns:eu-central-1:123456789012:tallypost", "url": url}
    Webhook.objects.filter(kind="amazon_ses").update(learnt={"offered": offered, "topics": ["arn:aws:sns:x:1:y"]})
    return given


def checked_webhook(cast: Cast) -> dict[str, Any]:
    given = webhook(cast)
    report = Returned.objects.get(source=f"webhook {given['webhook_id']}")
    return {**given, "query": f"?check={report.pk}&ms=12"}


def webhooks_now(cast: Cast) -> Any:
    return list(Webhook.objects.order_by("pk").values("kind", "state", "keys_sealed"))


def domain(cast: Cast) -> dict[str, Any]:
    """Checked, with a record of each kind and a way that passes, one that does not and one that is not known."""
    return {"domain_id": cast.once("domain", sending_domains.checked).pk}


def domain_that_is_asked_about(cast: Cast) -> dict[str, Any]:
    made = cast.once("asked domain", lambda: SendingDomain.objects.create(name="asked.nordlicht.example"))
    return {"domain_id": made.pk}


def domain_with_keys(cast: Cast) -> dict[str, Any]:
    found = domain(cast)
    cast.once("signing keys", lambda: signing_keys.make(SendingDomain.objects.get(pk=found["domain_id"])))
    return found


def domain_with_reports(cast: Cast) -> dict[str, Any]:
    """A source that passes, and one that nobody knows, whose addresses are listed."""
    found = domain(cast)
    cast.once("DMARC reports", sending_domains.reported)
    return found


def domain_with_a_provider(cast: Cast) -> dict[str, Any]:
    found = domain(cast)
    cast.once("provider of the domain", sending_domains.carried)
    return found


def domain_mail(cast: Cast) -> dict[str, Any]:
    """Sent, and not seen yet."""
    found = domain_with_a_provider(cast)
    mail = cast.once("domain mail", lambda: sending_domains.mailed(found["domain_id"]))
    return found | {"mail_id": mail.pk}


def domain_with_a_mail(cast: Cast) -> dict[str, Any]:
    return {"domain_id": domain_mail(cast)["domain_id"]}


def signed_in_login(cast: Cast) -> dict[str, Any]:
    return {"login_id": cast.once("sign-in", sending_domains.signed_in).pk}


def signed_in_provider(cast: Cast) -> dict[str, Any]:
    signed_in_login(cast)
    return {"provider_id": Provider.objects.get(name="Office").pk}


def mailbox_at_google(cast: Cast) -> dict[str, Any]:
    """Nobody has signed in yet."""
    given = {"name": "At Google", "host": "imap.gmail.com", "username": "bounces@kunden.example", "login_by": "token"}
    return {"mailbox_id": cast.once("mailbox at Google", lambda: ReturnMailbox.objects.create(**given)).pk}


def looked_up(cast: Cast) -> dict[str, Any]:
    domain(cast)
    return {"address_id": cast.once("sending address", sending_domains.looked_up).pk}


def looked_up_page(cast: Cast) -> dict[str, Any]:
    """An address of each fortune, and a domain that is listed."""
    looked_up(cast)
    return {}


def looked_up_domain(cast: Cast) -> dict[str, Any]:
    looked_up(cast)
    return {"domain_id": SendingDomain.objects.get(name=sending_domains.NAME).pk}


def domain_with_one_source_open(cast: Cast) -> dict[str, Any]:
    return domain_with_reports(cast) | {"query": "?source=192.0.2.66"}


def domain_link(cast: Cast) -> DomainLink:
    found = SendingDomain.objects.get(pk=domain(cast)["domain_id"])
    return cast.once("domain link", lambda: links.give(found, by=cast.owner, days=7, note="Our agency"))


def domain_link_args(cast: Cast) -> dict[str, Any]:
    link = domain_link(cast)
    return {"domain_id": link.domain_id, "link_id": link.pk}


def domains_now(cast: Cast) -> Any:
    found = SendingDomain.objects.order_by("pk")
    return list(found.values_list("name", "confirmed_at", "selectors", "check_asked_at"))


def domain_links_now(cast: Cast) -> Any:
    return list(DomainLink.objects.order_by("pk").values_list("pk", "revoked_at"))


ADDRESSES = {
    "domains": Address(
        ADMINS,
        args=beside(domain, domain_that_is_asked_about),
        post=lambda cast: {"name": "shop.example.org"},
        changes=domains_now,
        spoil="main .form .btn",
    ),
    "domain": Address(ADMINS, args=domain, states=(domain_that_is_asked_about, domain_with_keys, domain_with_a_mail)),
    "provider-sign-in": Address(
        ADMINS,
        args=signed_in_provider,
        post=sending_domains.sign_in_form,
        changes=lambda cast: list(OAuthLogin.objects.values_list("client_id", flat=True)),
        spoil="main .form-actions .btn",
    ),
    "mailbox-sign-in": Address(
        ADMINS,
        args=mailbox_at_google,
        post=sending_domains.sign_in_form,
        changes=lambda cast: OAuthLogin.objects.count(),
        spoil="main .form-actions .btn",
    ),
    "sign-in-end": Address(
        ADMINS,
        args=signed_in_login,
        get=False,
        post=lambda cast: {},
        changes=lambda cast: OAuthLogin.objects.count(),
    ),
    "oauth-back": Address(ADMINS, statuses=frozenset({404}), no_page="where a person comes back to, by a signed state"),
    "reputation": Address(
        ADMINS,
        args=looked_up_page,
        post=lambda cast: {"ip": "198.51.99.7", "note": "New"},
        changes=lambda cast: SendingAddress.objects.count(),
        spoil="main .form .btn",
    ),
    "reputation-look": Address(ADMINS, get=False, no_page="asks the DNS"),
    "reputation-lists": Address(
        ADMINS,
        get=False,
        post=lambda cast: {"lists": ["psbl"]},
        changes=lambda cast: AskedBlocklist.objects.count(),
    ),
    "reputation-figures": Address(
        ADMINS,
        args=looked_up_page,
        post=sending_domains.figures_form,
        changes=lambda cast: MailboxFigure.objects.count(),
        spoil="main .form .btn",
    ),
    "reputation-domain": Address(ADMINS, args=looked_up_domain),
    "reputation-domain-forget": Address(
        ADMINS,
        args=looked_up_domain,
        get=False,
        post=lambda cast: {},
        changes=lambda cast: MailboxFigure.objects.count(),
    ),
    "reputation-address": Address(
        ADMINS,
        args=looked_up,
        post=lambda cast: {"provider": Provider.objects.get(name="Relay of our own").pk},
        changes=lambda cast: list(SendingAddress.objects.order_by("pk").values_list("provider", flat=True)),
    ),
    "reputation-address-forget": Address(
        ADMINS,
        args=looked_up,
        get=False,
        post=lambda cast: {},
        changes=lambda cast: MailboxFigure.objects.count(),
    ),
    "reputation-remove": Address(
        ADMINS,
        args=looked_up,
        get=False,
        post=lambda cast: {},
        changes=lambda cast: SendingAddress.objects.count(),
    ),
    "domain-mails": Address(ADMINS, args=domain, no_page="a piece of its page", statuses=frozenset({302})),
    "domain-mail-send": Address(
        ADMINS,
        args=domain_with_a_provider,
        get=False,
        post=lambda cast: {
            "provider": Provider.objects.get(name="Relay of the domain").pk,
            "to": "bounces@kunden.example",
        },
        changes=lambda cast: DomainMail.objects.count(),
    ),
    "domain-mail-paste": Address(
        ADMINS,
        args=domain_mail,
        get=False,
        post=lambda cast: {"source": sending_domains.source_of(DomainMail.objects.get())},
        changes=lambda cast: list(DomainMail.objects.values("state")),
    ),
    "domain-senders": Address(ADMINS, args=domain, states=(domain_with_one_source_open,)),
    "domain-sender-say": Address(
        ADMINS,
        args=domain_with_reports,
        get=False,
        post=lambda cast: {"source": "192.0.2.66", "ours": "no"},
        changes=lambda cast: list(DmarcSource.objects.values("name", "is_ours")),
    ),
    "domain-records": Address(ADMINS, args=domain, no_page="a piece of its page", statuses=frozenset({302})),
    "domain-confirm": Address(
        ADMINS, args=domain_that_is_asked_about, get=False, post=lambda cast: {}, changes=domains_now
    ),
    "domain-check": Address(ADMINS, args=domain, get=False, post=lambda cast: {}, changes=domains_now),
    "domain-selectors": Address(
        ADMINS, args=domain, get=False, post=lambda cast: {"keys-own": "k1"}, changes=domains_now
    ),
    "domain-make-keys": Address(
        ADMINS,
        args=domain,
        get=False,
        post=lambda cast: {},
        changes=lambda cast: SigningKey.objects.count(),
    ),
    "domain-sign": Address(
        ADMINS,
        args=domain_with_keys,
        get=False,
        post=lambda cast: {"signs": "yes"},
        changes=lambda cast: SendingDomain.objects.filter(signs=True).count(),
    ),
    "domain-remove": Address(ADMINS, args=domain, get=False, post=lambda cast: {}, changes=domains_now),
    "domain-link": Address(ADMINS, args=domain, get=False, post=lambda cast: {"days": 7}, changes=domain_links_now),
    "domain-link-back": Address(
        ADMINS, args=domain_link_args, get=False, post=lambda cast: {}, changes=domain_links_now
    ),
    "domain-shared": Address(None, args=lambda cast: {"token": links.token(domain_link(cast))}),
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
    "webhook-new": Address(
        ADMINS, query="?kind=mailgun", post=lambda cast: {"label": "", "provider": ""}, changes=webhooks_now
    ),
    "webhook": Address(
        ADMINS, args=webhook, states=(paused_webhook, unsigned_webhook, asking_webhook, checked_webhook)
    ),
    "webhook-keys": Address(
        ADMINS, args=webhook, get=False, post=lambda cast: {"public_key": "another"}, changes=webhooks_now
    ),
    "webhook-check": Address(ADMINS, args=webhook, get=False, no_page="makes a request to the public address"),
    "webhook-checked": Address(ADMINS, args=webhook, no_page="a piece of its page", statuses=frozenset({302})),
    "webhook-confirm": Address(ADMINS, args=webhook, get=False, no_page="asks Amazon"),
    "webhook-list": Address(
        ADMINS,
        args=webhook,
        get=False,
        post=lambda cast: {},
        changes=lambda cast: AuditEntry.objects.filter(action="webhook.list").count(),
    ),
    "webhook-pause": Address(ADMINS, args=webhook, get=False, post=lambda cast: {}, changes=webhooks_now),
    "webhook-resume": Address(ADMINS, args=paused_webhook, get=False, post=lambda cast: {}, changes=webhooks_now),
    "webhook-remove": Address(ADMINS, args=webhook, get=False, post=lambda cast: {}, changes=webhooks_now),
    "providers": Address(ADMINS, args=beside(stage.provider)),
    "provider-choose": Address(ADMINS, args=beside(stage.provider)),
    "provider-new": Address(
        ADMINS, post=form, changes=lambda cast: Provider.objects.count(), spoil="main .btn-primary"
    ),
    "provider": Address(ADMINS, args=relay, states=(slowed_relay, relay_in_trouble, busy_relay, draining_relay)),
    "provider-health": Address(
        ADMINS,
        args=relay,
        statuses=frozenset({302}),
        no_page="a fragment; leads to the provider without htmx",
    ),
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
    "provider-mail": Address(
        ADMINS,
        args=relay,
        get=False,
        post=lambda cast: {},
        changes=lambda cast: AuditEntry.objects.filter(action="provider.mailed").count(),
    ),
    "provider-default": Address(ADMINS, args=relay, get=False, post=lambda cast: {}, changes=relay_now),
    "provider-pause": Address(ADMINS, args=relay, get=False, post=lambda cast: {}, changes=relay_now),
    "provider-drain": Address(ADMINS, args=relay, get=False, post=lambda cast: {}, changes=relay_now),
    "provider-resume": Address(ADMINS, args=paused_relay, get=False, post=lambda cast: {}, changes=relay_now),
    "provider-rehearsal": Address(
        ADMINS,
        args=relay,
        post=lambda cast: {"allowed": "me@nordlicht.example"},
        changes=relay_now,
        states=(rehearsing_relay,),
    ),
    "provider-rehearsal-end": Address(
        ADMINS, args=rehearsing_relay, get=False, post=lambda cast: {}, changes=relay_now
    ),
    "provider-remove": Address(ADMINS, args=relay, get=False, post=lambda cast: {}, changes=relay_now),
    "routes": Address(
        ADMINS,
        args=beside(route),
        post=lambda cast: {"provider": stage.provider(cast).pk, "weight": 2, "sender_domain": "news.example.org"},
        changes=lambda cast: Route.objects.count(),
        spoil="main .btn-primary",
    ),
    "route-try": Address(ADMINS, args=beside(route), states=(tried_address,), spoil="main .form .btn-primary"),
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
    "deliverability": Address(STAFF, states=(what_was_sent,)),
    "returned": Address(
        ADMINS,
        args=beside(returned_set_up, mailbox, paused_mailbox, mailbox_in_trouble, webhook),
        states=(returned_tested,),
        spoil="main .btn-primary",
    ),
    "returned-domain": Address(
        ADMINS,
        get=False,
        post=lambda cast: {"bounce_domain": "returns.nordlicht.example"},
        changes=lambda cast: Organisation.objects.values("bounce_domain").get(),
    ),
    "returned-listener": Address(
        ADMINS, statuses=frozenset({302}), no_page="a fragment; leads to the page without htmx"
    ),
    "returned-test": Address(ADMINS, get=False, no_page="speaks to the listener, stores nothing itself"),
    "returned-test-result": Address(
        ADMINS,
        args=lambda cast: {"digest": "00" * 16},
        statuses=frozenset({302}),
        no_page="a fragment; leads to the page without htmx",
    ),
    "returned-believe": Address(
        ADMINS, args=beside(returned_set_up), get=False, post=held_source, changes=waiting_for_a_look
    ),
    "returned-discard": Address(
        ADMINS, args=beside(returned_set_up), get=False, post=held_source, changes=waiting_for_a_look
    ),
    "returned-raw": Address(STAFF, args=returned),
    "returned-raw-download": Address(
        WRITERS, args=returned, get=False, post=lambda cast: {}, changes=lambda cast: AuditEntry.objects.count()
    ),
    "sandbox": Address(STAFF, args=beside(stage.sandbox_mail), states=(of_staging, searched)),
    "sandbox-answers": Address(STAFF, args=beside(rule)),
    "sandbox-mailbox-new": Address(
        ADMINS, post=staging_form, changes=lambda cast: SandboxMailbox.objects.count(), spoil="main .btn-primary"
    ),
    "sandbox-mailbox": Address(ADMINS, args=staging, post=staging_form, changes=sandbox_now),
    "sandbox-login-new": Address(ADMINS, args=staging, get=False, post=lambda cast: {"note": "x"}, changes=sandbox_now),
    "sandbox-login-remove": Address(ADMINS, args=staging_login, get=False, post=lambda cast: {}, changes=sandbox_now),
    "sandbox-key-new": Address(ADMINS, args=staging, get=False, post=lambda cast: {"note": "x"}, changes=sandbox_now),
    "sandbox-key-remove": Address(ADMINS, args=staging_key, get=False, post=lambda cast: {}, changes=sandbox_now),
    "sandbox-api-mails": Address(None, statuses=frozenset({401}), no_page="answers programs, by keys of their own"),
    "sandbox-api-wait": Address(None, statuses=frozenset({401}), no_page="answers programs, by keys of their own"),
    "sandbox-api-mail": Address(None, args=mail, statuses=frozenset({401}), no_page="answers programs by their keys"),
    "sandbox-api-raw": Address(None, args=mail, statuses=frozenset({401}), no_page="answers programs by their keys"),
    "sandbox-api-attachment": Address(
        None,
        args=lambda cast: mail(cast) | {"number": 1},
        statuses=frozenset({401}),
        no_page="answers programs by their keys",
    ),
    "sandbox-mailbox-remove": Address(ADMINS, args=staging, get=False, post=lambda cast: {}, changes=sandbox_now),
    "sandbox-rule-new": Address(
        ADMINS, query="?effect=refuse", post=rule_form, changes=rules_now, spoil="main .btn-primary"
    ),
    "sandbox-rule": Address(ADMINS, args=rule, post=rule_form, changes=rules_now),
    "sandbox-preset": Address(ADMINS, get=False, post=lambda cast: {"preset": "old-list"}, changes=rules_now),
    "sandbox-rule-switch": Address(ADMINS, args=rule, get=False, post=lambda cast: {"on": "0"}, changes=rules_now),
    "sandbox-rule-remove": Address(ADMINS, args=rule, get=False, post=lambda cast: {}, changes=rules_now),
    "sandbox-empty": Address(
        WRITERS,
        args=beside(stage.sandbox_mail),
        get=False,
        post=newest,
        changes=lambda cast: SandboxMail.objects.count(),
    ),
    "sandbox-mail": Address(STAFF, args=mail, states=(mail_checked,)),
    "sandbox-send-on": Address(
        WRITERS, args=mail, get=False, post=lambda cast: {}, changes=lambda cast: AuditEntry.objects.count()
    ),
    "sandbox-delete": Address(
        WRITERS, args=mail, get=False, post=lambda cast: {}, changes=lambda cast: SandboxMail.objects.count()
    ),
    "sandbox-html": Address(STAFF, args=mail, no_page="the mail itself, in a frame"),
    "sandbox-raw": Address(STAFF, args=mail, no_page="answers with a file"),
    "sandbox-unsubscribe": Address(
        WRITERS, args=mail, get=False, no_page="acts through the public address of the mail, tested there"
    ),
    "sandbox-complain": Address(
        WRITERS, args=mail, get=False, post=lambda cast: {}, changes=lambda cast: AuditEntry.objects.count()
    ),
}
