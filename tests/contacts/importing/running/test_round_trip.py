"""What was exported here and imported into an empty installation is the same as before."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from contacts import consent
from contacts.models import Contact, Field, MailingList, Subscription, Suppression

pytestmark = pytest.mark.django_db


def people() -> Any:
    return [
        (one.email, one.first_name, one.last_name, one.language, one.time_zone, one.attributes, states(one))
        for one in Contact.objects.order_by("email")
    ]


def states(contact: Contact) -> dict[str, str]:
    return dict(contact.subscriptions.values_list("list__name", "state").order_by("list__name"))


def suppressed() -> Any:
    rows = Suppression.objects.order_by("email")
    return [(one.email, one.reason, one.detail, one.source, one.created_at.replace(microsecond=0)) for one in rows]


def test_our_own_exports_come_back_as_they_were(admin: User, tmp_path: Path) -> None:
    news, offers = (MailingList.objects.create(name=name) for name in ("News", "Offers, and more"))
    Field.objects.create(key="city", label="City")
    ada = Contact.objects.create(
        email="ada@example.com", first_name="=Ada", attributes={"city": "Köln", "tags": ["VIP", "a, b"]}, language="de"
    )
    consent.subscribe(ada, lists=[news.pk, offers.pk], channel="hand")
    consent.unsubscribe(ada, lists=[offers.pk], channel="page")
    bo, cy, di = (Contact.objects.create(email=f"{name}@example.com") for name in ("bo", "cy", "di"))
    consent.subscribe(bo, lists=[news.pk], channel="hand")
    consent.unsubscribe(bo, lists=None, channel="one-click")
    Subscription.objects.create(contact=cy, list=news, state="unconfirmed")
    consent.subscribe(di, lists=[news.pk], channel="hand")
    consent.suppress("di@example.com", Suppression.Reason.HARD_BOUNCE, detail="550 no, such user", source="smtp")
    consent.suppress("nobody@example.com", Suppression.Reason.COMPLAINT, source="complaint")
    consent.suppress("soft@example.com", Suppression.Reason.SOFT_BOUNCE)
    consent.suppress("hand@example.com", Suppression.Reason.MANUAL, detail="Asked by phone", source="hand")
    before = people(), suppressed()
    client = Client()
    client.force_login(admin)
    for name, url in (("suppressed.csv", "/suppressions/export/"), ("contacts.csv", "/contacts/export/")):
        answer = client.post(url)
        (tmp_path / name).write_bytes(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    for model in (Contact, MailingList, Suppression, Field):
        model.objects.all().delete()
    for name in ("suppressed.csv", "contacts.csv"):
        call_command("import_contacts", str(tmp_path / name), "--json")
    assert (people(), suppressed()) == before


def test_contacts_alone_bring_their_suppressions_along(admin: User, tmp_path: Path) -> None:
    contact = Contact.objects.create(email="di@example.com")
    consent.suppress("di@example.com", Suppression.Reason.HARD_BOUNCE)
    client = Client()
    client.force_login(admin)
    path = tmp_path / "contacts.csv"
    path.write_bytes(b"".join(client.post("/contacts/export/").streaming_content))  # type: ignore[attr-defined]
    contact.delete()
    Suppression.objects.all().delete()
    call_command("import_contacts", str(path), "--json")
    assert Suppression.objects.get().reason == "hard_bounce"
