"""The legal basis chosen in an import becomes that of lists without one, ends as it says, and goes with the import."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.test import Client

from accounts.models import User
from contacts import consent
from contacts.grounds import expiring
from contacts.importing.plan import Plan
from contacts.importing.running import bases, working
from contacts.importing.undoing import carrying_through, wishes
from contacts.models import Contact, ImportJob, ListBasis, MailingList, Subscription
from tests.contacts.conftest import Upload

pytestmark = pytest.mark.django_db

FILE = "Email\nada@example.com\nben@example.com\n"


def undo(job: ImportJob) -> None:
    undoing = wishes.ask(job, by=None)
    carrying_through.work(undoing.pk)
    undoing.refresh_from_db()
    wishes.start(undoing)
    carrying_through.work(undoing.pk)
    undoing.refresh_from_db()
    assert undoing.state == "done"


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def months_until_the_end(mailing_list: MailingList) -> set[int | None]:
    held = Subscription.objects.filter(list=mailing_list)
    return {
        round((one.expires_at - one.changed_at) / timedelta(days=365.25 / 12)) if one.expires_at else None
        for one in held
    }


def test_implied_consent_of_an_import_ends_on_lists_that_had_no_basis(marketer: User, news: MailingList) -> None:
    offers = MailingList.objects.create(name="Offers")
    ListBasis.objects.create(list=offers, basis="consent")
    before = Contact.objects.create(email="before@example.com")
    consent.subscribe(before, lists=[news.pk], channel="hand")
    client = Client()
    client.force_login(marketer)
    client.post("/imports/new/", {"file": SimpleUploadedFile("people.csv", FILE.encode())})
    job = ImportJob.objects.get()
    url = f"/imports/{job.pk}/"
    chosen: dict[str, Any] = {"column-0": "email", "everyone": "0", "mode": "fill", "consent_source": "customer"}
    chosen |= {"lists": [news.pk, offers.pk], "legal_basis": "implied"}
    for months in ("", "36"):
        refused = client.post(f"{url}check/", chosen | {"months": months})
        assert refused.status_code == 422
        assert "Implied consent ends" in text(refused)
    client.post(f"{url}check/", chosen | {"months": "6"})
    working.work(job.pk)

    foretold = text(client.get(url))
    assert "News</bdi></a>: Implied consent, for a time: 6 months. <span class" in foretold
    assert "It has none yet, and gets this one. That counts for everybody on it" in foretold
    assert "on a page or a form of yours: 1 so far." in foretold
    assert 'Offers</bdi></a>: They agreed. <span class="muted">Its own, which counts' in foretold
    assert not ListBasis.objects.filter(list=news).exists()

    client.post(f"{url}start/")
    working.work(job.pk)
    given = ListBasis.objects.get(list=news)
    assert (given.basis, given.months, given.changed_by) == ("implied", 6, marketer)
    assert given.note == "They are customers and were told"
    assert "Given by this import." in text(client.get(url))
    expiring.apply_rules()
    assert months_until_the_end(news) == {6}
    assert months_until_the_end(offers) == {None}
    half_a_year = timedelta(days=190)
    Subscription.objects.update(changed_at=F("changed_at") - half_a_year)
    expiring.apply_rules()
    reached = Subscription.objects.open().filter(contact__email="ada@example.com")
    assert [one.list.name for one in reached] == ["Offers"]
    proof = Contact.objects.get(email="ada@example.com").consent_events.filter(list=news).get()
    assert "Legal basis: Implied consent, for a time: 6 months" in proof.text

    client.post(f"{url}undo/")
    carrying_through.work(job.undo.pk)
    assert "Legal basis that it gave</dt> <dd><bdi>News</bdi></dd>" in text(client.get(f"{url}undo/"))
    job.refresh_from_db()
    undo(job)
    assert [one.list.name for one in ListBasis.objects.all()] == ["Offers"]
    assert before.subscriptions.get().expires_at is None


@pytest.mark.parametrize("since", ["nothing", "changed", "changed meanwhile", "later import"])
def test_an_undone_import_leaves_a_basis_that_others_go_by(
    run: Upload, news: MailingList, since: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = run(FILE, lists=(news.pk,), legal_basis="implied", months=12)
    if since == "changed":
        ListBasis.objects.get().save()
    elif since == "changed meanwhile":
        given = ListBasis.objects.get()
        monkeypatch.setattr(bases, "to_take_back", lambda _: [given])
        ListBasis.objects.get().save()  # after it was looked up
    elif since == "later import":
        run("Email\neve@example.com\n", lists=(news.pk,), legal_basis="consent")
    undo(job)
    assert [(one.basis, one.months) for one in ListBasis.objects.all()] == (
        [] if since == "nothing" else [("implied", 12)]
    )


def test_lists_that_a_file_names_get_it_once_and_a_list_of_the_unsubscribed_gives_none(run: Upload) -> None:
    job = run(
        'Email,Lists,Unsubscribed from,Suppressed,Added\nada@example.com,"Club, Shop",,,\n', legal_basis="interest"
    )
    assert {one.list.name: one.basis for one in ListBasis.objects.all()} == {"Club": "interest", "Shop": "interest"}
    given = list(ListBasis.objects.values_list("pk", "changed_at"))
    bases.give(job, Plan.from_json(job.options), [pk for pk, _ in given])  # killed, it begins anew
    assert list(ListBasis.objects.values_list("pk", "changed_at")) == given
    left = MailingList.objects.create(name="Left")
    run(FILE, lists=(left.pk,), legal_basis="consent", everyone=30)
    assert not ListBasis.objects.filter(list=left).exists()


def test_an_import_of_before_is_read_with_the_basis_that_is_meant() -> None:
    assert Plan.from_json({"legal_basis": "customers"}).proof == "Legal basis: Existing customers (soft opt-in)"
