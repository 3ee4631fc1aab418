"""A kept mail leaves the sandbox through a real provider: to whoever asks, once, and counted nowhere."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.wording import breakable
from delivery.models import Batch, Message, MessageState, Provider, SandboxMail
from tests import sink
from tests.delivery.sandbox.test_views import LIST, keep
from tests.mailbox import Mailbox

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
LINK = "https://news.nordlicht.example/c/1.a"


def rows() -> dict[str, int]:
    """Of everything that is kept about mail and about what people did with it."""
    counted = (
        model for name in ("contacts", "delivery", "tracking") for model in apps.get_app_config(name).get_models()
    )
    return {model._meta.label: model._default_manager.count() for model in counted}


def rehearsed() -> SandboxMail:
    """Mail of a rehearsal, with its reader's links."""
    batch = Batch.objects.create(rehearsal=True, content_kind="edition", content_id=1, state="done", accepted=1)
    Message.objects.create(id=77, batch=batch, email="ana1@example.org", state=MessageState.ACCEPTED)
    return keep(html=f'<a href="{LINK}">Read</a>', one_click="https://news.nordlicht.example/u/token")


def test_it_arrives_once_at_whoever_asks_as_it_is_and_is_counted_nowhere(
    relay: Provider, mailbox: Mailbox, marketer: User, client_for: ClientFor
) -> None:
    kept, client = rehearsed(), client_for(marketer)
    page = client.get(f"{LIST}{kept.pk}/").content.decode()
    assert f"Sent on, it goes to <bdi>{breakable(marketer.email)}</bdi> as it is" in page
    assert "what you open, click or unsubscribe in it counts in its rehearsal" in " ".join(page.split())
    before, taken = rows(), sink.count(mailbox.file)
    said = client.post(f"{LIST}{kept.pk}/send-on/", {"to": "stranger@elsewhere.example"}, follow=True)
    assert f"Sent on to {marketer.email} through a real provider." in said.content.decode()
    ((to, raw),) = sink.as_sent(mailbox.file, taken)
    assert to == marketer.email
    assert raw.endswith(kept.source)
    ((_, mail),) = mailbox.new
    assert mail["Resent-To"] == marketer.email
    assert rows() == before
    assert AuditEntry.objects.filter(action="sandbox.sent_on", detail={"problem": ""}).count() == 1


def test_mail_of_other_software_names_no_rehearsal(relay: Provider, marketer: User, client_for: ClientFor) -> None:
    kept = rehearsed()
    SandboxMail.objects.update(envelope_from="shop@elsewhere.example")
    page = " ".join(client_for(marketer).get(f"{LIST}{kept.pk}/").content.decode().split())
    assert "Its links stay those of its reader." in page


def test_whoever_may_only_look_sends_nothing_on(
    relay: Provider, mailbox: Mailbox, viewer: User, client_for: ClientFor
) -> None:
    kept, client = rehearsed(), client_for(viewer)
    assert "Sent on" not in client.get(f"{LIST}{kept.pk}/").content.decode()
    assert client.post(f"{LIST}{kept.pk}/send-on/").status_code == 403
    assert mailbox.new == []


def test_without_a_real_provider_that_is_ready_it_says_so(
    relay: Provider, mailbox: Mailbox, marketer: User, client_for: ClientFor
) -> None:
    kept = rehearsed()
    relay.pause("On holiday")
    said = client_for(marketer).post(f"{LIST}{kept.pk}/send-on/", follow=True).content.decode()
    assert "Not sent on. There is no real provider that is ready" in said
    assert mailbox.new == []
