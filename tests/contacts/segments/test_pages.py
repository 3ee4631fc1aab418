"""Segments as a marketer meets them: built, counted, explained, used as a filter, deleted."""

import html
import json
import re
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from contacts.filtering import Filter
from contacts.models import Contact, ExportJob, Field, MailingList, Segment, SegmentDay, Subscription
from contacts.segments import measuring, registry, searched
from contacts.segments.known import Known
from contacts.segments.predicate import Sql
from contacts.segments.registry import Condition, Input, Values
from contacts.segments.rules import Group, Match, Rule, write
from contacts.suppression import of_lists
from tests.conftest import AT_ONCE_MS
from tests.lateness import Lateness

pytestmark = pytest.mark.django_db

ANA = {"r-match": "all", "r-0-is": "profile", "r-0-field": "first_name", "r-0-how": "is", "r-0-value": "Ana"}


@pytest.fixture
def people(db: None) -> None:
    Field.objects.create(key="city", label="City")
    news = MailingList.objects.create(name="News")
    for name, city in (("Ana", "Paris"), ("Bo", "Paris"), ("Cy", "Lyon")):
        person = Contact.objects.create(email=f"{name}@example.com", first_name=name, attributes={"city": city})
        if name != "Bo":
            Subscription.objects.create(contact=person, list=news)


@pytest.fixture
def browser(client_for: Callable[[User], Client], marketer: User) -> Client:
    return client_for(marketer)


@pytest.fixture
def looker(client_for: Callable[[User], Client], viewer: User) -> Client:
    return client_for(viewer)


def page(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def segment(name: str, *parts: Rule) -> Segment:
    return Segment.objects.create(name=name, rules=write(Group(Match.ALL, parts)))


IN_PARIS = Rule("profile", {"field": "field:city", "how": "is", "value": "paris"})


def test_a_segment_is_made_and_says_whom_it_found(people: None, browser: Client) -> None:
    typed = {
        "name": "Anas",
        **ANA,
        "r-1-is": "profile",
        "r-1-field": "field:city",
        "r-1-how": "is",
        "r-1-value": "Paris",
    }
    response = browser.post("/segments/new/", typed, follow=True)
    said = page(response)
    assert "People whose first name is Ana and whose City is Paris." in said
    assert "1 person of 3, 1 of them reachable" in said
    assert "whose first name is Ana 1 −2" in said
    assert "A field: People without a value are in none of these but “is not known”." in said
    assert "Anas" in page(browser.get("/segments/"))


def test_rows_and_groups_come_and_go_by_buttons_without_scripts(people: None, browser: Client) -> None:
    def names(response: Any) -> set[str]:
        return set(re.findall(r'name="(r-[\w-]*)"', response.content.decode()))

    response = browser.post("/segments/new/", {"name": "A", **ANA, "do": "row:r"})
    assert {"r-0-value", "r-1-is"} <= names(response)
    assert re.search(r'<select id="r-1-is"[^>]* autofocus', response.content.decode())  # for the keyboard
    assert not Segment.objects.exists()
    assert 'value="Ana"' in response.content.decode()
    response = browser.post("/segments/new/", {"name": "A", **ANA, "do": "group:r"})
    assert {"r-1-match", "r-1-0-is"} <= names(response)
    typed = {**ANA, "r-1-match": "any", "r-1-0-is": "tag", "r-1-0-how": "has", "r-1-0-tag": "vip"}
    response = browser.post("/segments/new/", {"name": "A", **typed, "do": "remove:r-1"})
    assert names(response) == {"r-match", "r-0-is", "r-0-field", "r-0-how", "r-0-value"}
    assert re.search(r'id="r-0-is"[^>]* autofocus', response.content.decode())


def test_who_removes_rows_by_keys_goes_on_in_the_next_row_or_the_one_above(people: None, browser: Client) -> None:
    tag = {"how": "has", "tag": "vip", "is": "tag"}
    rows = {f"r-{row}-{name}": value for row in (1, 2) for name, value in tag.items()}
    group = {"r-3-match": "any", **{f"r-3-0-{name}": value for name, value in tag.items()}}
    for removed, goes_on in (
        ("r-0", "r-0-is"),
        ("r-1", "r-1-is"),
        ("r-2", "r-2-match"),
        ("r-3", "r-2-is"),
        ("r-3-0", "r-3-more"),
    ):
        response = browser.post("/segments/preview/", {**ANA, **rows, **group, "do": f"remove:{removed}"})
        (focused,) = BeautifulSoup(response.content, "html.parser").select("[autofocus]")
        assert focused["id"] == goes_on


def test_the_numbers_follow_what_is_typed(people: None, browser: Client) -> None:
    said = page(browser.post("/segments/preview/?part=numbers", {**ANA, "r-0-value": "Cy"}))
    assert "1 person of 3" in said
    assert "Cy@example.com" in said
    said = page(browser.post("/segments/preview/?part=numbers", {**ANA, "r-0-value": ""}))
    assert "Enter a value. Then the people are counted." in said
    assert "Everybody." not in said
    assert "1 person of 3" in page(browser.post("/segments/preview/", {**ANA, "r-match": "all"}))


def test_another_condition_brings_its_own_controls(people: None, browser: Client) -> None:
    typed = {"r-match": "all", "r-0-is": "tag", "r-0-field": "first_name", "r-0-how": "is", "r-0-value": "Ana"}
    shown = browser.post("/segments/preview/", typed).content.decode()
    assert 'name="r-0-tag"' in shown
    assert 'name="r-0-field"' not in shown
    assert '<option value="has" selected>has</option>' in shown


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, "Give it a name"),
        ({"name": "TAKEN"}, "There is a segment of that name already"),
        ({"r-0-value": ""}, "Enter a value."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    people: None, browser: Client, changes: dict[str, str], says: str
) -> None:
    segment("Taken", IN_PARIS)
    response = browser.post("/segments/new/", {"name": "New", **ANA, **changes})
    assert response.status_code == 422
    assert says in page(response)
    assert Segment.objects.count() == 1


def test_the_row_that_is_not_finished_is_marked(people: None, browser: Client) -> None:
    typed = {"name": "New", **ANA, "r-1-is": "profile", "r-1-field": "last_name", "r-1-how": "is", "r-1-value": ""}
    begun = BeautifulSoup(browser.post("/segments/new/", {**typed, "do": "row:r"}).content, "html.parser")
    assert not begun.select(".field-error"), "nobody has tried to save it"
    found = BeautifulSoup(browser.post("/segments/new/", typed).content, "html.parser")
    (marked,) = found.select("[aria-invalid]")
    assert marked["id"] == "r-1-value"
    assert found.find(id=str(marked["aria-describedby"])).get_text(strip=True) == "Enter a value."  # type: ignore[union-attr]


def test_every_row_that_is_not_finished_is_named_and_the_first_has_the_focus(people: None, browser: Client) -> None:
    typed = {"name": "", **ANA, "r-1-is": "profile", "r-1-field": "last_name", "r-1-how": "is", "r-1-value": ""}
    typed |= {"r-2-match": "any", "r-2-0-is": "segment", "r-2-1-is": "tag", "r-3-match": "any"}
    for name, where in (("", "name"), ("New", "r-1-value")):
        shown = BeautifulSoup(browser.post("/segments/new/", {**typed, "name": name}).content, "html.parser")
        (alert,) = shown.select(".errors[role=alert]")
        said = [(str(item.select("a")[0]["href"])[1:], item.get_text()) for item in alert.select("li")]
        assert said == [
            *([("name", "Name: Give it a name, such as “Readers in Hamburg”.")] if not name else []),
            ("r-1-value", "Row 2: Enter a value."),
            ("r-2-0-segment", "Row 3: Choose a segment."),
            ("r-2-1-tag", "Row 4: Enter a tag."),
            ("r-3-more", "Rows: A group has no rows."),
        ]
        assert f"{len(said)} things need another look" in alert.get_text()
        for place, words in said:
            control = shown.find(id=place)
            beside = shown.find(id=str(control["aria-describedby"]))  # type: ignore[index]
            assert beside.get_text(strip=True) in words  # type: ignore[union-attr]
        (focused,) = shown.select("main [autofocus]")
        assert focused["id"] == where


def test_nobody_has_rows_without_end(people: None, browser: Client) -> None:
    typed = {"name": "A", "r-match": "all"} | {f"r-{n}-is": "tag" for n in range(41)}
    response = browser.post("/segments/new/", typed)
    assert response.status_code == 422
    assert "40 rows at most" in page(response)
    assert browser.post("/segments/preview/", {"r-match": "'; DROP TABLE contacts_contact; --"}).status_code == 422


@pytest.mark.parametrize("address", ["/segments/new/", "/segments/preview/"])
@pytest.mark.parametrize("button", ["row:r", "group:r", "row:r-39"])
def test_who_asks_for_a_row_more_than_there_is_room_for_keeps_all_of_them(
    people: None, browser: Client, address: str, button: str
) -> None:
    rows = [f"r-{n}" for n in range(39)]
    typed = {"name": "Many", "r-match": "any", "r-39-match": "all"}
    for number, row in enumerate([*rows, "r-39-0"]):
        typed |= {
            f"{row}-is": "profile",
            f"{row}-field": "first_name",
            f"{row}-how": "is",
            f"{row}-value": f"Ana {number}",
        }
    answer = browser.post(address, typed | {"do": button})
    assert answer.status_code == 200
    shown = BeautifulSoup(answer.content, "html.parser")
    assert [control["value"] for control in shown.select("[name$=-value]")] == [f"Ana {n}" for n in range(40)]
    assert "A segment has 40 rows at most." in shown.get_text()
    adding = shown.select("[value^='row:'], [value^='group:']")
    assert len(adding) == 4
    assert all(control.has_attr("disabled") for control in adding)
    fewer = BeautifulSoup(browser.post(address, typed | {"do": "remove:r-7"}).content, "html.parser")
    assert "rows at most" not in fewer.get_text()
    assert not fewer.select("[value^='row:'][disabled]")


def test_a_circle_is_refused(people: None, browser: Client) -> None:
    one = segment("One", IN_PARIS)
    two = segment("Two", Rule("segment", {"how": "in", "segment": str(one.pk)}))
    typed = {"name": "One", "r-match": "all", "r-0-is": "segment", "r-0-how": "in", "r-0-segment": str(two.pk)}
    response = browser.post(f"/segments/{one.pk}/edit/", typed)
    assert response.status_code == 422
    assert "lead back to this segment" in page(response)
    (marked,) = BeautifulSoup(response.content, "html.parser").select("[aria-invalid]")
    assert marked["id"] == "r-0-segment"


class Slow(Condition):
    """Everybody, after some time."""

    key = "slow"
    label = "Slow"
    missing = "Nobody is missing."
    text = ""

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        return []

    def sql(self, values: Values, known: Known) -> Sql:
        return Sql(self.text)

    def words(self, values: Values, known: Known) -> str:
        return "found slowly"

    def shown(self, values: Values, known: Known) -> Sql:
        return Sql("'slow'")


def test_no_page_waits_for_a_slow_condition(people: None, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow()
    slow.text = "EXISTS (SELECT FROM pg_sleep(600))"
    monkeypatch.setitem(registry._conditions, Slow.key, slow)
    monkeypatch.setattr(measuring, "AT_ONCE_MS", AT_ONCE_MS)
    typed = {"name": "Slow", "r-match": "all", "r-0-is": "slow"}
    started = time.monotonic()
    with Lateness() as machine, CaptureQueriesContext(connection) as asked:
        shown = browser.post("/segments/preview/?part=numbers", typed)
        first = browser.post("/segments/new/", typed, follow=True)
        took = time.monotonic() - started
    given = [int(ms) for query in asked for ms in re.findall(r"'statement_timeout', '(\d+)ms'", query["sql"])]
    assert 0 < len(given) <= 6  # three times exactly, three times by a sample
    assert max(given) <= AT_ONCE_MS
    assert took < 5 + machine.allowed
    assert "Counting …" in page(shown)
    assert "exact=1" in shown.content.decode()
    assert "Counting …" in page(first)
    Segment.objects.update(people=2, counted_at=timezone.now())
    address = Segment.objects.get().get_absolute_url()
    again = browser.get(address)
    assert "2 people when it was last counted" in page(again)
    assert f'hx-get="{address}?exact=1"' in again.content.decode()
    slow.text = "EXISTS (SELECT FROM pg_sleep(0.2))"
    exact = browser.get(f"{address}?exact=1", headers={"hx-request": "true"})
    assert "3 people of 3, 2 of them reachable" in page(exact)
    assert "hx-get" not in exact.content.decode()
    slow.text = "EXISTS (SELECT FROM pg_sleep(600))"
    monkeypatch.setattr(measuring, "PAGE_MS", 200)
    monkeypatch.setattr(measuring, "PATIENT_MS", 200)
    number = address.split("/")[2]
    here = f"segment={number}"
    for more in ("", "&q=ana", "&sort=email"):
        said = page(browser.get(f"/contacts/?{here}{more}"))
        assert "It takes too long to say" in said
        assert "Nobody fits" not in said
    assert "It takes too long to say" in page(browser.get(f"{address}why/", {"address": "ana@example.com"}))
    for ask in (browser.get, browser.post):
        answer = ask("/contacts/change/", {"action": "delete", "all": "1", "segment": number}, follow=True)
        assert "It takes too long to say who they are. Nobody was changed." in page(answer)
        assert BeautifulSoup(answer.content, "html.parser").select("#messages [data-refused]"), "who is ticked stays so"
    exported = browser.post(f"/contacts/export/?{here}")
    assert exported.headers["Location"] == ExportJob.objects.get(query=here).get_absolute_url()


def test_rows_of_a_group_say_whom_they_brought_or_left_out(
    people: None, looker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    bo = Rule("profile", {"field": "first_name", "how": "is", "value": "Bo"})
    cy = Rule("profile", {"field": "first_name", "how": "is", "value": "Cy"})
    rules = write(Group(Match.ALL, (IN_PARIS, Group(Match.ANY, (bo, cy)))))
    made = Segment.objects.create(name="Bo in Paris", rules=rules)
    found = BeautifulSoup(looker.get(made.get_absolute_url()).content, "html.parser")
    rows = [" ".join(one.get_text(" ").split()) for one in found.select(".segment-steps .segment-steps li")]
    assert rows == ["whose first name is Bo 1 +1", "whose first name is Cy 1 ±0"]
    assert found.select_one(".segment-steps .segment-steps .tally-waiting")["width"] == "33.33%"  # type: ignore[index]
    assert "Striped: whom the row left out or, where any may fit, brought." in page(looker.get(made.get_absolute_url()))
    for name, few in (("_FEW", -1), ("_AT_ONCE_COST", 0), ("_SAMPLE_ROWS", 1)):  # as among a million
        monkeypatch.setattr(measuring, name, few)
    assert "whose first name is Bo ~" in page(looker.get(made.get_absolute_url()))
    exact = page(looker.get(f"{made.get_absolute_url()}?exact=1", headers={"HX-Request": "true"}))
    assert "whose first name is Bo 1 +1" in exact
    assert "~" not in exact


def test_growth_is_a_chart_and_the_same_in_numbers(people: None, looker: Client) -> None:
    made, today = segment("Parisians", IN_PARIS), timezone.localdate()
    assert "after three days, this shows how it grows" in page(looker.get(made.get_absolute_url()))
    for ago, number in ((100, 1), (5, 1200), (4, 1210), (1, 900)):
        SegmentDay.objects.create(segment=made, day=today - timedelta(days=ago), people=number)
    found = BeautifulSoup(looker.get(made.get_absolute_url()).content, "html.parser")
    chart = json.loads(str(found.select_one("canvas[data-chart]")["data-chart"]))  # type: ignore[index]
    assert chart["lines"] == [{"name": "People", "values": [1200, 1210, None, None, 900]}]
    assert (len(chart["labels"]), chart["gaps"]) == (5, True)
    twin = [[cell.get_text(strip=True) for cell in row("td")] for row in found.select("#growth ~ details tbody tr")]
    assert twin == [["900", "−310"], ["1,210", "+10"], ["1,200", "–"]]


def test_why_somebody_is_in_or_not(people: None, browser: Client) -> None:
    found = segment("Paris", IN_PARIS, Rule("list", {"how": "subscribed", "list": "any"}))
    said = page(browser.get(f"/segments/{found.pk}/why/", {"address": "bo@example.com"}))
    assert "Not in it Bo@example.com" in said
    assert "whose City is paris yes Paris" in said
    assert "subscribed to any list Who was never on a list is in “never on” alone. no empty" in said
    assert "In it Ana@example.com" in page(browser.get(f"/segments/{found.pk}/why/", {"address": "ANA@example.com"}))
    found.rules = write(Group(Match.ALL, (IN_PARIS, Group(Match.NONE, (Rule("tag", {"how": "has", "tag": "vip"}),)))))
    found.save()
    said = page(browser.get(f"/segments/{found.pk}/why/", {"address": "ana@example.com"}))
    assert "All of these must fit." in said
    assert "whose City is paris yes Paris None of these yes with the tag vip Who carries no tag" in said
    assert "“does not have”. no empty" in said
    assert "No contact has the address" in page(browser.get(f"/segments/{found.pk}/why/", {"address": "x@y.example"}))


def test_contacts_are_filtered_and_exported_by_a_segment(people: None, browser: Client) -> None:
    found = segment("Paris", IN_PARIS)
    said = page(browser.get("/contacts/", {"segment": found.pk}))
    assert "Ana@example.com" in said
    assert "Bo@example.com" in said
    assert "Cy@example.com" not in said
    assert "Nobody fits" in page(browser.get("/contacts/", {"segment": 4711}))


@pytest.mark.parametrize(
    "query",
    [
        *("q=PAR+a&state=reachable", "q=example&state=unsubscribed", "state=no-list", "state=paused"),
        *("state=expired", "tag=vip"),
    ],
)
def test_a_search_saved_as_a_segment_finds_the_same_people(people: None, browser: Client, query: str) -> None:
    Contact.objects.filter(first_name="Ana").update(last_name="Paros", attributes={"tags": ["vip"]})
    Subscription.objects.filter(contact__first_name="Cy").update(state="unsubscribed")
    Contact.objects.filter(first_name="Bo").update(paused_until=timezone.now() + timedelta(days=30))
    if "expired" in query:
        Subscription.objects.filter(contact__first_name="Ana").update(expires_at=timezone.now() - timedelta(1))
        news, bo = MailingList.objects.get(), Contact.objects.get(first_name="Bo")
        Subscription.objects.create(contact=bo, list=news)
        of_lists.suppress([bo.email], news, reason="", by=None)
    chosen = Filter.of(QueryDict(query))
    assert "Save as a segment" in page(browser.get(f"/contacts/?{query}"))
    saved = Segment.objects.create(name="Saved", rules=write(searched.rules_of(chosen)))
    again = Filter.of(QueryDict(f"segment={saved.pk}"))
    assert set(again.apply()) == set(chosen.apply()) != set()
    shown = browser.get(saved.get_absolute_url()).content.decode()
    for action, label in (("add-tag", "Add a tag"), ("join-list", "Add to a list")):  # who is in it now is kept
        url = f"/contacts/change/?action={action}&all=1&segment={saved.pk}"
        assert html.escape(url) in shown
        assert label in page(browser.get(url))


def test_a_field_that_is_gone_is_named_and_holds_nobody(people: None, browser: Client) -> None:
    found = segment("Paris", IN_PARIS)
    Field.objects.all().delete()
    said = page(browser.get(f"/segments/{found.pk}/"))
    assert "cannot be asked any more" in said
    assert "What was chosen as field is gone." in said
    assert "Nobody fits" in page(browser.get("/contacts/", {"segment": found.pk}))


def test_a_segment_in_use_stays(people: None, browser: Client) -> None:
    one = segment("One", IN_PARIS)
    two = segment("Two", Rule("segment", {"how": "in", "segment": str(one.pk)}))
    assert "It is used by the segment “Two”" in page(browser.post(f"/segments/{one.pk}/delete/", follow=True))
    browser.post(f"/segments/{two.pk}/delete/")
    browser.post(f"/segments/{one.pk}/delete/")
    assert not Segment.objects.exists()
    assert Contact.objects.count() == 3


def test_viewers_look_and_change_nothing(people: None, looker: Client) -> None:
    found = segment("Paris", IN_PARIS)
    shown = looker.get(f"/segments/{found.pk}/")
    assert shown.status_code == 200
    assert "Delete" not in page(shown)
    assert looker.get("/segments/new/").status_code == 403
    assert looker.post(f"/segments/{found.pk}/delete/").status_code == 403
