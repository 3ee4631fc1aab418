"""The proof sheet: what was sent, to how many, on what ground; and nobody can change it unseen."""

import copy
import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.test import Client
from django.utils.html import escape

from accounts.models import AuditEntry, User
from campaigns.models import Campaign, ProofSheet
from campaigns.proof import making, signing
from campaigns.proof.signing import Verdict
from contacts.models import Contact
from delivery.models import Batch
from tests.campaigns.reporting.conftest import Out

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(send: Callable[..., Out], browser: Client) -> ProofSheet:
    out = send(5)
    Contact.objects.get(email="reader4@example.org").delete()
    browser.post(f"/campaigns/{out.campaign.pk}/proof/make/")
    made = ProofSheet.objects.get()
    making.work(made.pk)
    made.refresh_from_db()
    return made


def address(sheet: ProofSheet, end: str = "/") -> str:
    return f"/campaigns/{sheet.campaign_id}/proof{end}"


def page(browser: Client, url: str) -> str:
    return " ".join(browser.get(url).content.decode().split())


def test_it_says_what_was_sent_to_how_many_and_on_what_ground(sheet: ProofSheet, browser: Client) -> None:
    shown = page(browser, address(sheet))
    assert "Unchanged since it was signed" in shown
    assert "News for you" in shown
    said = sheet.document["versions"][0]["preflight"]
    assert said
    assert all(escape(finding["text"]) in shown for finding in said), "what preflight said when it was launched"
    assert '<td>Entered by hand</td><td class="num">4</td>' in shown
    assert '<td>Erased since, with their records</td><td class="num">1</td>' in shown
    assert sheet.digest in shown
    assert "reader0@example.org" not in shown, "of people only counts"
    assert sheet.document["tally"]["accepted"] == 5
    assert AuditEntry.objects.filter(action="proof.made").exists()


def test_one_person_is_shown_in_full(sheet: ProofSheet, browser: Client) -> None:
    shown = page(browser, f"{address(sheet)}?address=READER1@example.org")
    assert "reader1@example.org" in shown
    assert "Subscribed" in shown
    assert "hand" in shown
    assert "Nothing was made for nobody@example.org" in page(browser, f"{address(sheet)}?address=nobody@example.org")


def test_a_person_of_another_campaign_is_not_in_this_one(
    sheet: ProofSheet, send: Callable[..., Out], browser: Client
) -> None:
    send(8)
    assert "Nothing was made for" in page(browser, f"{address(sheet)}?address=reader7@example.org")


def taken(browser: Client, url: str) -> dict[str, Any]:
    answer = browser.get(url)
    assert answer["Content-Disposition"].startswith("attachment")
    found: dict[str, Any] = json.loads(answer.content)
    return found


def check(browser: Client, text: str) -> str:
    file = io.BytesIO(text.encode())
    file.name = "proof.json"
    return " ".join(browser.post("/campaigns/check-proof/", {"file": file}).content.decode().split())


def test_the_file_is_genuine_and_any_change_is_found(sheet: ProofSheet, browser: Client) -> None:
    sealed = taken(browser, address(sheet, ".json"))
    assert "Genuine" in check(browser, json.dumps(sealed))
    assert "Genuine" in check(browser, json.dumps(sealed, indent=3, sort_keys=True)), "its layout does not matter"
    changed = copy.deepcopy(sealed)
    changed["document"]["tally"]["accepted"] += 1
    assert "Altered" in check(browser, json.dumps(changed))
    changed["digest"] = signing.digest(changed["document"])
    assert "Not signed here" in check(browser, json.dumps(changed))
    assert "Unreadable" in check(browser, "{}")
    assert "Unreadable" in check(browser, "no json")


def test_a_persons_file_is_signed_and_bound_to_its_sheet(sheet: ProofSheet, browser: Client) -> None:
    sealed = taken(browser, f"{address(sheet, '.json')}?address=reader1@example.org")
    assert sealed["document"]["sheet"] == sheet.digest
    assert signing.verify(sealed) == Verdict.GENUINE
    sealed["document"]["consent"][0]["text"] = "agreed by telephone"
    assert signing.verify(sealed) == Verdict.ALTERED


def test_a_sheet_that_was_changed_in_the_database_says_so(sheet: ProofSheet, browser: Client) -> None:
    sheet.document["tally"]["total"] = 1
    sheet.save()
    assert "This sheet was altered after it was signed" in page(browser, address(sheet))


def test_another_key_does_not_know_it_and_a_rotated_one_does(sheet: ProofSheet, settings: Any) -> None:
    sealed = signing.sealed(sheet.document, sheet.digest, sheet.signature)
    settings.TOKEN_KEY = f"{settings.TOKEN_KEY},another-key"
    assert signing.verify(sealed) == Verdict.GENUINE
    settings.TOKEN_KEY = "another-key"
    assert signing.verify(sealed) == Verdict.FOREIGN


@pytest.mark.parametrize("given", [None, [], 5, {}, {"document": {}, "digest": 1, "signature": "x"}, {"document": 1}])
def test_whatever_is_brought_is_answered(given: object) -> None:
    assert signing.verify(given) == Verdict.UNREADABLE


def test_the_command_says_the_same(sheet: ProofSheet, tmp_path: Path) -> None:
    sealed = signing.sealed(sheet.document, sheet.digest, sheet.signature)
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(sealed))
    out = io.StringIO()
    call_command("check_proof", str(file), stdout=out)
    assert "Genuine" in out.getvalue()
    file.write_text(json.dumps(sealed).replace("News for you", "News for me"))
    with pytest.raises(SystemExit):
        call_command("check_proof", str(file), stdout=out)
    assert "Altered" in out.getvalue()


def test_it_is_counted_in_slices_and_goes_on_where_it_stopped(
    send: Callable[..., Out], owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = send(7)
    monkeypatch.setattr(making, "_SLICE", 3)
    made = making.begin(out.campaign, by=owner)
    assert making._count_next(made.pk)
    assert making.begin(out.campaign, by=owner).pk == made.pk, "one at a time"
    making.work(made.pk)
    making.work(made.pk)
    made.refresh_from_db()
    assert made.sources == {"hand": 7}
    assert made.finished_at


def test_it_is_made_once_everything_is_sent(send: Callable[..., Out], browser: Client) -> None:
    out = send(2)
    Batch.objects.filter(pk=out.batch.pk).update(state=Batch.State.SENDING)
    answer = browser.post(f"/campaigns/{out.campaign.pk}/proof/make/", follow=True)
    assert "once everything has been sent" in answer.content.decode()
    assert not ProofSheet.objects.exists()
    draft = Campaign.objects.create(name="Draft")
    assert browser.get(f"/campaigns/{draft.pk}/proof/").status_code == 200


def test_a_viewer_reads_it_and_makes_none(
    sheet: ProofSheet, viewer: User, client_for: Callable[[User], Client]
) -> None:
    browser = client_for(viewer)
    assert "Unchanged since it was signed" in page(browser, address(sheet))
    assert browser.post(address(sheet, "/make/")).status_code == 403
    assert ProofSheet.objects.count() == 1
    assert browser.get(address(sheet, ".json")).status_code == 403


def rows(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))


def test_its_tables_can_be_taken_along(
    sheet: ProofSheet, browser: Client, viewer: User, client_for: Callable[[User], Client]
) -> None:
    tables = [
        link["href"] for link in BeautifulSoup(page(browser, address(sheet)), "html.parser").select(".take-along")
    ]
    tally, consent = (rows(browser.get(f"{address(sheet)}{url}")) for url in tables)
    assert ["Accepted", "5"] in tally
    assert ["Unsubscribed since", "0"] in tally
    assert ["Entered by hand", "4"] in consent
    person = page(browser, f"{address(sheet)}?address=reader1@example.org")
    (url,) = [link["href"] for link in BeautifulSoup(person, "html.parser").select("#person .take-along")]
    header, *acts = rows(browser.get(f"{address(sheet)}{url}"))
    assert header[:3] == ["When", "What", "List"]
    assert [act[1] for act in acts] == ["Subscribed"]
    looking = client_for(viewer)
    assert rows(looking.get(f"{address(sheet)}{tables[0]}")) == tally
    assert looking.get(f"{address(sheet)}{url}").status_code == 404, "one person's acts are for those who may export"
    assert "table=agreed" not in page(looking, f"{address(sheet)}?address=reader1@example.org")
