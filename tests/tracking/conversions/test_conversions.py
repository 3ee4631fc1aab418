"""A goal reached on the organisation's own site: from the sign to the report, once, of whom may be counted."""

import csv
import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from contacts.models import Contact, TrackingConsent
from contacts.segments import asking, measuring
from contacts.segments.rules import Group, Match, Rule
from contacts.timeline import entries
from delivery.models import Message
from tests.tracking.conftest import Reader, Sent
from tracking.conversions import secret, signs
from tracking.conversions.models import Conversion, Goal
from tracking.models import Link
from tracking.reports import numbers

pytestmark = pytest.mark.django_db


@pytest.fixture
def goal(db: None) -> Goal:
    return Goal.objects.create(name="Order", sites=["shop.example"], currency="EUR")


@pytest.fixture
def sent(goal: Goal, send: Callable[..., Sent]) -> Sent:
    """Of a batch that was launched when the goal was there."""
    return send()


def sign_of(reader: Reader, sent: Sent, index: int = 0) -> str:
    location = reader("GET", sent.click(index))["Location"]
    assert location
    address, _, sign = location.partition("?tpid=")
    assert address == "https://shop.example/0"
    return sign


def test_an_order_on_the_page_that_thanks_counts_once(
    client: Client, reader: Reader, sent: Sent, goal: Goal, take_in: Callable[[], int]
) -> None:
    sign = sign_of(reader, sent)
    take_in()
    for order, value in (("A-1", "24.90"), ("A-1", "24.90"), ("A-2", "5.10")):
        answer = client.get(f"/g/{goal.key}", {"tpid": sign, "order": order, "value": value, "currency": "eur"})
        assert answer["Content-Type"] == "image/gif"
        assert "Tallypost-Problem" not in answer
        assert not answer.cookies
    take_in()
    (row,) = numbers.report([sent.batch.id]).conversions
    assert (row.goal, row.times, row.people, row.worth_words) == ("Order", 2, 1, "EUR\u00a030.00")
    assert row.share == 1.0
    assert row.a_thousand_words == "EUR\u00a010,000.00"  # three were delivered
    assert [(each.order, each.contact_id) for each in Conversion.objects.order_by("order")] == [
        ("A-1", sent.contact().pk),
        ("A-2", sent.contact().pk),
    ]
    story = [entry for entry in entries(sent.contact()) if entry.title.startswith("Order")]
    assert [entry.details for entry in story] == [["EUR\u00a05.10", "A-2"], ["EUR\u00a024.90", "A-1"]]


def test_what_came_is_taken_along_without_names(
    client: Client,
    reader: Reader,
    sent: Sent,
    goal: Goal,
    take_in: Callable[[], int],
    client_for: Callable[[User], Client],
    viewer: User,
) -> None:
    sign = sign_of(reader, sent)
    take_in()
    client.get(f"/g/{goal.key}", {"tpid": sign, "order": "A-1", "value": "24.90", "currency": "eur"})
    take_in()
    tables = []
    for address in (goal.get_absolute_url(), reverse("goals")):
        assert "?as=csv" in client_for(viewer).get(address).content.decode()
        file: Any = client_for(viewer).get(f"{address}?as=csv")
        tables.append(list(csv.DictReader(StringIO(b"".join(file).decode("utf-8-sig")))))
    (reached,), (listed,) = tables
    assert (reached["Order"], reached["Worth"], reached["Currency"]) == ("A-1", "24.90", "EUR")
    assert sent.contact().email not in str(tables)
    assert (listed["Goal"], listed["Last 30 days"]) == ("Order", "1")


def test_without_an_order_s_number_a_mail_counts_once(
    client: Client, reader: Reader, sent: Sent, goal: Goal, take_in: Callable[[], int]
) -> None:
    Goal.objects.filter(pk=goal.pk).update(worth="12.00")
    sign = sign_of(reader, sent)
    for _ in range(3):
        client.get(f"/g/{goal.key}", {"tpid": sign})
    take_in()
    (row,) = numbers.report([sent.batch.id]).conversions
    assert (row.times, row.worth_words) == (1, "EUR\u00a012.00")


def refuse(sent: Sent, goal: Goal) -> None:
    contact = sent.contact()
    contact.click_consent = TrackingConsent.REFUSED
    contact.save()


def pause(sent: Sent, goal: Goal) -> None:
    Goal.objects.filter(pk=goal.pk).update(is_paused=True)


def wait(sent: Sent, goal: Goal) -> None:
    long_ago = timezone.now() - timedelta(days=31)
    Message.objects.filter(pk=sent.messages[0].pk).update(accepted_at=long_ago)


@pytest.mark.parametrize("meanwhile", [refuse, pause, wait])
def test_who_may_not_be_counted_and_what_is_over_counts_nowhere(
    client: Client,
    reader: Reader,
    sent: Sent,
    goal: Goal,
    take_in: Callable[[], int],
    meanwhile: Callable[[Sent, Goal], None],
) -> None:
    sign = sign_of(reader, sent)
    meanwhile(sent, goal)
    assert client.get(f"/g/{goal.key}", {"tpid": sign, "order": "A-1"}).status_code == 200
    take_in()
    answer = tell(client, goal, secret.renew(goal), tpid=sign, order="A-2")
    assert (answer.status_code, answer.json()["counted"]) == (200, False)
    assert not Conversion.objects.exists()


def tell(client: Client, goal: Goal, key: str, **said: object) -> Any:
    return client.post(
        f"/g/{goal.key}",
        json.dumps(said),
        content_type="application/json",
        headers={"authorization": f"Bearer {key}"},
    )


def test_a_server_tells_by_sign_or_by_address(
    client: Client, reader: Reader, sent: Sent, goal: Goal, take_in: Callable[[], int]
) -> None:
    key = secret.renew(goal)
    sign = sign_of(reader, sent)
    take_in()
    assert tell(client, goal, key, tpid=sign, order=17, value=9.5).status_code == 201
    again = tell(client, goal, key, tpid=sign, order="17", value=9.5)
    assert (again.status_code, again.json()["counted"]) == (200, False)
    assert tell(client, goal, key, email=sent.messages[0].email.upper(), order="18").status_code == 201
    for unknown in (sent.messages[1].email, "no address", "x" * 999):
        nobody = tell(client, goal, key, email=unknown, order="19")
        assert (nobody.json()["counted"], "clicked" in nobody.json()["why"]) == (False, True)
    assert [(row.order, str(row.worth)) for row in Conversion.objects.order_by("order")] == [
        ("17", "9.50"),
        ("18", "None"),
    ]
    Contact.objects.filter(pk=sent.contact().pk).update(email="Ada@xn--bcher-kva.example")
    for order, typed in enumerate(("ada@Bücher.example", " ADA@xn--bcher-kva.example ", "ada@bu\u0308cher。example")):
        assert tell(client, goal, key, email=typed, order=f"as typed {order}").status_code == 201


def test_only_the_secret_may_tell_and_only_the_newest(client: Client, sent: Sent, goal: Goal) -> None:
    sign = signs.added("", sent.messages[0].id).partition("=")[2]
    assert tell(client, goal, "", tpid=sign).status_code == 401  # there is none yet
    old = secret.renew(goal)
    new = secret.renew(goal)
    assert tell(client, goal, old, tpid=sign).status_code == 401
    assert tell(client, goal, new, tpid=sign).status_code == 201
    goal.refresh_from_db()
    assert new not in str(vars(goal))


@pytest.mark.parametrize(
    "said",
    [
        {"value": "-1"},
        {"value": "1e9"},
        {"value": "NaN"},
        {"value": "12,50"},
        {"value": True},
        {"currency": "Euro"},
        {"order": "x" * 101},
        {"order": "a\nb"},
        {"tpid": "forged"},
        {"tpid": "", "email": ""},
    ],
)
def test_what_cannot_be_read_is_answered_with_what_is_wrong(
    client: Client, sent: Sent, goal: Goal, said: dict[str, object]
) -> None:
    sign = signs.added("", sent.messages[0].id).partition("=")[2]
    answer = tell(client, goal, secret.renew(goal), **{"tpid": sign} | said)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert not Conversion.objects.exists()


def test_a_page_s_mistake_stands_in_a_header_and_the_reader_sees_nothing(client: Client, goal: Goal) -> None:
    for query in ({"tpid": "forged"}, {"value": "much"}, {}):
        answer = client.get(f"/g/{goal.key}", query)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/gif")
        assert answer["Tallypost-Problem"]
    assert client.get("/g/forged").status_code == 404


def test_only_links_to_the_organisation_s_sites_carry_a_sign(goal: Goal, send: Callable[..., Sent]) -> None:
    hosts = signs.sites()
    assert signs.belongs("https://www.shop.example/a", hosts)
    assert not signs.belongs("https://notshop.example/a", hosts)
    assert not signs.belongs("https://shop.example.evil.test/", hosts)
    assert not signs.belongs("https://[broken", hosts)
    # As browsers read an address, not as it is spelled.
    hosts = frozenset({"shop.example", "xn--strae-oqa.example"})
    for url in ("HTTPS:/Shop。example/a", "https:\\\\www.shop.example", "https://shop.example@straße.example/"):
        assert signs.belongs(url, hosts), url
    for url in ("https://evil.test\\.shop.example/", "https://strasse.example/", "https://shop.example\t.evil.test/"):
        assert not signs.belongs(url, hosts), url
    goal.delete()
    assert not Link.objects.filter(batch=send().batch, is_signed=True).exists()


def test_the_sign_leaves_the_rest_of_an_address_alone() -> None:
    for url, before, after in (
        ("https://shop.example/a", "https://shop.example/a?", ""),
        ("https://shop.example/a?b=1&c=%20", "https://shop.example/a?b=1&c=%20&", ""),
        ("https://shop.example/?#part?x", "https://shop.example/?", "#part?x"),
    ):
        signed = signs.added(url, 7)
        assert signed.startswith(f"{before}tpid=")
        assert signed.endswith(after)
        sign = signed.removeprefix(f"{before}tpid=").removesuffix(after)
        assert signs.read(sign) == 7


def test_a_rehearsal_s_orders_stay_in_the_rehearsal(
    client: Client, reader: Reader, goal: Goal, send: Callable[..., Sent], take_in: Callable[[], int]
) -> None:
    rehearsed = send(rehearsal=True)
    client.get(f"/g/{goal.key}", {"tpid": sign_of(reader, rehearsed)})
    take_in()
    assert [row.times for row in numbers.report([rehearsed.batch.id]).conversions] == [1]
    known = asking.known()
    row = Rule("goal", {"goal": str(goal.pk), "how": "ever"})
    assert measuring.measure(Group(Match.ALL, (row,)), known, patience_ms=5000).people == 0


def test_a_goal_is_set_up_and_its_secret_shown_once(client_for: Callable[[User], Client], owner: User) -> None:
    client = client_for(owner)
    sites = "https://Shop.example/basket\nmünchen.example\nstraße.example"
    form = {"name": "Order", "sites": sites, "days": "30", "worth": "5"}
    refused = client.post("/settings/conversions/new/", form)
    assert (refused.status_code, "in which currency" in refused.content.decode()) == (422, True)
    client.post("/settings/conversions/new/", form | {"currency": "eur"})
    goal = Goal.objects.get()
    assert (goal.sites, goal.currency) == (["shop.example", "xn--mnchen-3ya.example", "xn--strae-oqa.example"], "EUR")
    shown = client.post(f"/settings/conversions/{goal.pk}/secret/").content.decode()
    assert "tpgoal_" in shown
    assert "tpgoal_" not in client.get(goal.get_absolute_url()).content.decode()
    assert goal.key in client.get(goal.get_absolute_url()).content.decode()


def test_a_refund_is_taken_off_once_and_a_whole_one_counts_no_more(
    client: Client, reader: Reader, sent: Sent, goal: Goal, take_in: Callable[[], int]
) -> None:
    key = secret.renew(goal)
    sign, other = sign_of(reader, sent), sign_of(reader, sent, 1)
    take_in()
    for given, order, value in ((sign, "A-1", 24.9), (sign, "A-2", 5.1), (other, "B-1", 70)):
        assert tell(client, goal, key, tpid=given, order=order, value=value, currency="EUR").status_code == 201
    for _ in range(2):  # told twice
        tell(client, goal, key, order="A-1", value=-4.9)
        tell(client, goal, key, order="B-1", refund=True)
    client.get(f"/g/{goal.key}", {"tpid": other, "order": "A-2", "refund": "1"})  # not an order of this mail
    take_in()
    (row,) = numbers.report([sent.batch.id]).conversions
    assert (row.times, row.people, row.worth_words) == (2, 1, "EUR\u00a025.10")
    assert row.refunded_words == "2\u00a0·\u00a0EUR\u00a074.90"
    titles = {entry.title.partition(",")[0]: entry.details for entry in entries(sent.contact(1))}
    assert {"Order": ["EUR\u00a070.00", "B-1"], "Order taken back": ["B-1"]}.items() <= titles.items()
    in_part = next(entry for entry in entries(sent.contact()) if entry.title == "Order refunded in part")
    assert in_part.details == ["EUR\u00a04.90", "A-1"]
    rule = Rule("goal", {"goal": str(goal.pk), "how": "ever"})
    assert measuring.measure(Group(Match.ALL, (rule,)), asking.known(), patience_ms=5000).people == 1
    again = tell(client, goal, key, tpid=other, order="B-1", value=70)
    assert again.json()["counted"] is False
    client.get(f"/g/{goal.key}", {"tpid": sign, "order": "A-2", "value": "-5.10"})
    take_in()
    (row,) = numbers.report([sent.batch.id]).conversions
    assert (row.times, row.worth_words) == (1, "EUR\u00a020.00")


def test_a_refund_that_takes_nothing_back_says_why(client: Client, sent: Sent, goal: Goal) -> None:
    key = secret.renew(goal)
    unknown = tell(client, goal, key, order="Z-9", refund=True)
    assert (unknown.status_code, unknown.json()["refunded"]) == (200, False)
    assert "No such order" in unknown.json()["why"]
    nameless = tell(client, goal, key, value=-3)
    assert (nameless.status_code, "names the order" in nameless.json()["error"]) == (422, True)
    assert tell(client, goal, key, order="Z-9", refund="perhaps").status_code == 422
    assert tell(client, goal, "wrong", order="Z-9", refund=True).status_code == 401
