"""Opens and clicks are agreed to apart, and every answer stays as proof."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import Organisation, User
from contacts import timeline, tracking_consent
from contacts.models import Contact, TrackingConsent, TrackingConsentEvent
from contacts.tracking_consent import Answer, Part

pytestmark = pytest.mark.django_db
NO, YES, NEVER = TrackingConsent.REFUSED, TrackingConsent.GIVEN, TrackingConsent.UNKNOWN


@pytest.fixture
def ana() -> Contact:
    return Contact.objects.create(email="ana@example.org")


def states(contact: Contact) -> tuple[str, str]:
    contact.refresh_from_db()
    return contact.open_consent, contact.click_consent


def test_each_answer_is_kept_with_its_words(ana: Contact) -> None:
    words = "We may count whether you open our mails."
    assert tracking_consent.record(ana, Answer({Part.OPENS: YES}, "page", text=words, ip="192.0.2.1")) == [Part.OPENS]
    assert tracking_consent.record(ana, Answer({Part.OPENS: NO}, "page", text=words)) == [Part.OPENS]
    assert states(ana) == (NO, NEVER)
    kept = [(one.part, one.state, one.text, one.channel) for one in TrackingConsentEvent.objects.order_by("id")]
    assert kept == [("opens", "given", words, "page"), ("opens", "refused", words, "page")]


def test_the_same_answer_again_is_no_further_proof(ana: Contact) -> None:
    for _ in range(3):
        tracking_consent.record(ana, Answer({Part.OPENS: NO, Part.CLICKS: NO}, "page"))
    assert TrackingConsentEvent.objects.count() == 2


def test_the_timeline_says_who_noted_it(ana: Contact, admin: User) -> None:
    tracking_consent.record(ana, Answer({Part.CLICKS: NO}, "hand", text="Wrote to us", by=admin))
    titles = {entry.title: entry.detail for entry in timeline.entries(ana)}
    assert titles["Clicks may not be counted: noted by hand, Aron Admin"] == "Wrote to us"


@pytest.mark.parametrize(
    ("state", "unknown", "measured"),
    [(YES, False, True), (YES, True, True), (NO, True, False), (NEVER, True, True), (NEVER, False, False)],
)
def test_what_settings_say_counts_only_for_whom_nobody_asked(
    ana: Contact, organisation: Organisation, state: str, unknown: bool, measured: bool
) -> None:
    organisation.measures_unknown_clicks = unknown
    organisation.save()
    tracking_consent.record(ana, Answer({Part.CLICKS: state}, "page"))
    assert tracking_consent.is_measured(ana, Part.CLICKS, tracking_consent.rules()) is measured


def test_agreeing_by_hand_needs_words(client: Client, admin: User, ana: Contact) -> None:
    client.force_login(admin)
    form = {"email": ana.email, "open_consent": "given", "click_consent": "refused"}
    page = client.post(f"/contacts/{ana.pk}/edit/", form)
    assert page.status_code == 422
    assert "Say how this person agreed to be counted." in page.content.decode()
    assert client.post(f"/contacts/{ana.pk}/edit/", form | {"tracking_said": "At the fair"}).status_code == 302
    assert states(ana) == (YES, NO)
    assert "At the fair" in client.get(f"/contacts/{ana.pk}/").content.decode()


def test_saving_an_old_form_does_not_undo_a_refusal_of_meanwhile(client: Client, admin: User, ana: Contact) -> None:
    client.force_login(admin)
    tracking_consent.record(ana, Answer({Part.OPENS: NO}, "page"))
    client.post(
        f"/contacts/{ana.pk}/edit/", {"email": ana.email, "open_consent": "unknown", "click_consent": "unknown"}
    )
    assert states(ana) == (NO, NEVER)


def write(path: Path, *lines: str) -> str:
    file = path / "people.csv"
    file.write_text("\n".join(lines))
    return str(file)


def test_an_import_fills_in_and_refuses_but_makes_nobody_agree_who_refused(admin: User, tmp_path: Path) -> None:
    bo, cy = (Contact.objects.create(email=f"{name}@example.org") for name in ("bo", "cy"))
    tracking_consent.record(bo, Answer({Part.OPENS: NO, Part.CLICKS: YES}, "page"))
    file = write(
        tmp_path,
        "Email,Opens may be counted,Clicks may be counted",
        "bo@example.org,yes,no",
        "cy@example.org,yes,",
        "di@example.org,no,yes",
        "di@example.org,yes,no",
        "eve@example.org,perhaps,unknown",
    )
    call_command("import_contacts", file, "--json")
    assert states(bo) == (NO, NO)
    assert states(cy) == (YES, NEVER)
    assert states(Contact.objects.get(email="di@example.org")) == (NO, NO)
    assert states(Contact.objects.get(email="eve@example.org")) == (NEVER, NEVER)
    told = TrackingConsentEvent.objects.filter(channel="import").order_by("contact__email", "part")
    assert [(one.contact.email[:2], one.part, one.state) for one in told] == [
        ("bo", "clicks", "refused"),
        ("cy", "opens", "given"),
        ("di", "clicks", "refused"),
        ("di", "opens", "refused"),
    ]
    assert "people.csv" in told[0].text


def test_what_was_exported_comes_back(admin: User, client: Client, ana: Contact, tmp_path: Path) -> None:
    tracking_consent.record(ana, Answer({Part.OPENS: NO, Part.CLICKS: YES}, "page"))
    client.force_login(admin)
    path = tmp_path / "contacts.csv"
    path.write_bytes(b"".join(client.post("/contacts/export/").streaming_content))  # type: ignore[attr-defined]
    ana.delete()
    call_command("import_contacts", str(path), "--json")
    assert states(Contact.objects.get()) == (NO, YES)
