from typing import Any

from accounts.models import AuditEntry, Organisation
from contacts.models import AddressChange, Contact, Subscription, Suppression
from contacts.preferences import moving
from delivery import tokens
from delivery.domains.models import SendingDomain
from delivery.models import Attempt, Waiting
from tests.web import stage
from tests.web.address import ADMINS, STAFF, WRITERS, Address, beside
from tests.web.addresses.delivery import domain
from tests.web.cast import Cast
from tracking import tagging, unsubscribing
from tracking.models import EventKeeping, Goal, Tagging


def one(cast: Cast) -> dict[str, Any]:
    return {"message_id": stage.message(cast).pk}


def domain_with_a_link_host(cast: Cast) -> dict[str, Any]:
    found = domain(cast)
    SendingDomain.objects.filter(pk=found["domain_id"]).update(tracking_url="https://go.nordlicht.example")
    return found


def batch(cast: Cast) -> dict[str, Any]:
    stage.message(cast)
    return {"batch_id": stage.batch(cast).pk}


def uncertain(cast: Cast) -> dict[str, Any]:
    return {"batch_id": stage.uncertain(cast).batch_id}


def list_of_uncertain(cast: Cast) -> dict[str, Any]:
    return uncertain(cast) | {"query": "?term=uncertain"}


def came_back(cast: Cast) -> dict[str, Any]:
    stage.returned(cast)
    return one(cast)


def refused_once(cast: Cast) -> dict[str, Any]:
    def make() -> Attempt:
        told = {"batch": stage.batch(cast), "provider": stage.provider(cast), "message_id": stage.message(cast).pk}
        words = f"<b>no such user</b> {stage.LONG_NAME}"
        said = {"stage": "rcpt", "code": 550, "enhanced": "5.1.1", "text": words, "category": "invalid_recipient"}
        return Attempt.objects.create(decision="refused", **told, **said)

    cast.once("refused once", make)
    return {}


def accepted_ones(cast: Cast) -> dict[str, Any]:
    return refused_once(cast) | {"query": "?kind=accepted"}


def nothing_like_it(cast: Cast) -> dict[str, Any]:
    return refused_once(cast) | {"query": "?q=nobody&code=5.2.2&from=2020-01-01&to=2020-01-02"}


def list_of_bounced(cast: Cast) -> dict[str, Any]:
    stage.returned(cast)
    return batch(cast) | {"query": "?term=bounced-soft&reason=mailbox_full"}


def waiting(cast: Cast) -> object:
    return list(Waiting.objects.values_list("message_id", "category"))


def gone(cast: Cast) -> dict[str, Any]:
    token = stage.unsubscribe_token(cast)
    leaver = unsubscribing.recognise(token["token"])
    assert leaver is not None
    unsubscribing.leave(leaver, lists=None, channel=unsubscribing.Channel.PAGE, ip=None, user_agent="")
    return token


def tagged(cast: Cast) -> dict[str, Any]:
    def make() -> Tagging:
        stage.message(cast)
        made = tagging.begin(stage.batch(cast), "all", {}, query="term=all", tag="keen", by=cast.owner)
        tagging.work(made.pk)
        return made

    return {"pk": cast.once("tagging", make).pk}


def goal(cast: Cast) -> dict[str, Any]:
    def make() -> Goal:
        return Goal.objects.create(name="Order", sites=["shop.example"], currency="EUR")

    return {"pk": cast.once("goal", make).pk}


def goals_now(cast: Cast) -> object:
    return list(Goal.objects.order_by("pk").values_list("name", "secret_digest"))


def goal_key(cast: Cast) -> dict[str, Any]:
    return {"key": Goal.objects.get(**goal(cast)).key}


def taggings() -> object:
    return list(Tagging.objects.order_by("id").values_list("id", "state"))


def consent_now(cast: Cast) -> object:
    states = Subscription.objects.filter(contact=stage.contact(cast)).values_list("state", flat=True)
    return [*states, *Suppression.objects.values_list("email", flat=True)]


def counting_now(cast: Cast) -> object:
    return stage.contact(cast).tracking_events.count()


def new_address(cast: Cast) -> dict[str, Any]:
    _, secret = cast.once("new address", lambda: moving.ask(stage.contact(cast), "new@kunden.example"))
    return {"secret": secret}


def changed_address(cast: Cast) -> dict[str, Any]:
    """Of somebody else: a question that was answered has no page any more."""

    def change() -> Any:
        moved = Contact.objects.create(email="moved@kunden.example")
        return moving.confirm(moving.ask(moved, "there@kunden.example")[1])

    _, secret = cast.once("changed address", change)
    return {"secret": secret}


def address_now(cast: Cast) -> object:
    return AddressChange.objects.values_list("contact__email", flat=True).get()


ADDRESSES = {
    "replies": Address(STAFF, args=refused_once, states=(accepted_ones, nothing_like_it)),
    "replies-export": Address(
        WRITERS,
        args=refused_once,
        get=False,
        post=lambda cast: {},
        changes=lambda cast: AuditEntry.objects.filter(action="replies.export").count(),
    ),
    "event-keeping": Address(
        ADMINS, post=lambda cast: {"months": "24"}, changes=lambda cast: EventKeeping.get().months
    ),
    "goals": Address(STAFF, states=(beside(goal),)),
    "goal-add": Address(
        ADMINS,
        post=lambda cast: {"name": "Sign-up", "sites": "shop.example", "days": "30"},
        changes=goals_now,
        spoil=".form-actions .btn-primary",
    ),
    "goal": Address(STAFF, args=goal),
    "goal-edit": Address(
        ADMINS,
        args=goal,
        post=lambda cast: {"name": "Purchase", "sites": "shop.example", "days": "30"},
        changes=goals_now,
        spoil=".form-actions .btn-primary",
    ),
    "goal-secret": Address(ADMINS, args=goal, get=False, post=lambda cast: {}, changes=goals_now),
    "goal-delete": Address(ADMINS, args=goal, get=False, post=lambda cast: {}, changes=goals_now),
    "goal-reached": Address(None, args=goal_key, no_page="a picture"),
    "messages": Address(STAFF, args=beside(stage.message), query="?q=ana@kunden.example"),
    "message": Address(STAFF, args=one, states=(came_back,)),
    "message-mail": Address(STAFF, args=one, no_page="the mail itself, in a frame"),
    "batch-people": Address(STAFF, args=batch, query="?term=accepted", states=(list_of_uncertain, list_of_bounced)),
    "batch-people-export": Address(
        WRITERS, args=batch, get=False, post=lambda cast: {}, changes=lambda cast: AuditEntry.objects.count()
    ),
    "batch-people-tag": Address(
        WRITERS, args=batch, query="?term=all", post=lambda cast: {"tag": "keen"}, changes=lambda cast: taggings()
    ),
    "tagging": Address(STAFF, args=tagged),
    "tagging-undo": Address(WRITERS, args=tagged, get=False, post=lambda cast: {}, changes=lambda cast: taggings()),
    "batch-uncertain-again": Address(
        WRITERS, args=uncertain, get=False, post=lambda cast: {"all": "1", "sure": "1"}, changes=waiting
    ),
    "batch-uncertain-leave": Address(
        WRITERS, args=uncertain, get=False, post=lambda cast: {"all": "1"}, changes=waiting
    ),
    "counting": Address(
        ADMINS,
        post=lambda cast: {
            "tracking": "anonymous",
            "measures_unknown_opens": "True",
            "measures_unknown_clicks": "True",
            "address_kept": "none",
        },
        changes=lambda cast: Organisation.objects.values_list("tracking", flat=True).get(),
        spoil=".form-actions .btn-primary",
    ),
    "domain-counting": Address(
        ADMINS,
        args=domain_with_a_link_host,
        post=lambda cast: {"address": ""},
        changes=lambda cast: SendingDomain.objects.exclude(tracking_url="").count(),
    ),
    "unsubscribe": Address(None, args=stage.unsubscribe_token, post=lambda cast: {}, changes=consent_now),
    "unsubscribe-counting": Address(
        None, args=stage.unsubscribe_token, get=False, post=lambda cast: {"opens": "refused"}, changes=counting_now
    ),
    "preferences": Address(
        None,
        args=stage.unsubscribe_token,
        post=lambda cast: {"part": "pause", "days": "30"},
        changes=lambda cast: stage.contact(cast).consent_events.filter(kind="paused").count(),
    ),
    "address-confirm": Address(None, args=new_address, post=lambda cast: {}, changes=address_now),
    "address-back": Address(None, args=changed_address, post=lambda cast: {}, changes=address_now),
    "view-mail": Address(
        None,
        args=lambda cast: {"token": tokens.seal(tokens.VIEW, stage.message(cast).pk)},
        no_page="the mail itself, as its author made it",
    ),
    "unsubscribe-leave": Address(
        None, args=stage.unsubscribe_token, get=False, post=lambda cast: {}, changes=consent_now
    ),
    "unsubscribe-undo": Address(None, args=gone, get=False, post=lambda cast: {}, changes=consent_now),
}
