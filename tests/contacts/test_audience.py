import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from contacts import audience, consent, tags
from contacts.audience import Audience
from contacts.models import Contact, Field, MailingList, Subscription, Suppression
from contacts.preferences import pausing
from contacts.segments import asking, measuring
from contacts.segments.rules import Group, Match, Rule
from contacts.suppression import of_lists

pytestmark = pytest.mark.django_db


@pytest.fixture
def news() -> MailingList:
    return MailingList.objects.create(name="News")


@pytest.fixture
def events() -> MailingList:
    return MailingList.objects.create(name="Events")


def person(name: str, *lists: MailingList, state: str = "subscribed") -> Contact:
    contact = Contact.objects.create(email=f"{name}@Example.com")
    for one in lists:
        Subscription.objects.create(contact=contact, list=one, state=state)
    return contact


def receivers(chosen: Audience) -> list[str]:
    sql, parameters = audience.select(chosen)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return sorted(email.split("@")[0] for _, email in cursor.fetchall())


def test_everyone_receives_once_and_the_sum_adds_up(news: MailingList, events: MailingList) -> None:
    person("both", news, events)
    person("plain", news)
    person("left", news, state="unsubscribed")
    person("left-both", news, events, state="unsubscribed")
    person("unconfirmed", news, state="unconfirmed")
    person("nobody")
    bounced = person("bounced", news, events)
    consent.suppress(bounced.email, Suppression.Reason.HARD_BOUNCE)
    gone = person("gone", events)
    consent.unsubscribe(gone, lists=None, channel="page")
    away = person("away", news, events)
    pausing.pause(away, 30, channel="page")
    half = person("half", news)
    Subscription.objects.create(contact=half, list=events, state="unsubscribed")

    chosen = Audience(lists=(news.pk, events.pk))
    found = audience.summary(chosen)
    assert receivers(chosen) == ["both", "half", "plain"]
    assert found == audience.Summary(13, unsubscribed=3, suppressed=1, duplicates=5, will_receive=3, paused=1)
    left_out = found.unsubscribed + found.suppressed + found.paused
    assert found.matched - left_out - found.duplicates == found.will_receive
    Contact.objects.update(paused_until=timezone.now() - timedelta(days=1))  # it ends by itself
    assert receivers(chosen) == ["away", "both", "half", "plain"]


def test_people_of_an_excluded_list_do_not_count_at_all(news: MailingList, events: MailingList) -> None:
    person("both", news, events)
    person("plain", news)
    Subscription.objects.create(contact=person("left-events", news), list=events, state="unsubscribed")
    chosen = Audience(lists=(news.pk,), excluded_lists=(events.pk,))
    assert receivers(chosen) == ["left-events", "plain"]
    assert audience.summary(chosen).matched == 2


def test_named_contacts_receive_without_a_list_unless_suppressed(news: MailingList) -> None:
    ada, eve, bob = person("ada"), person("eve"), person("bob", news)
    consent.suppress(eve.email, Suppression.Reason.MANUAL)
    chosen = Audience(lists=(news.pk,), contacts=(ada.pk, eve.pk, bob.pk))
    assert receivers(chosen) == ["ada", "bob"]
    assert audience.summary(chosen) == audience.Summary(4, 0, 1, 1, 2)


def test_nothing_chosen_reaches_nobody(news: MailingList) -> None:
    person("ada", news)
    assert receivers(Audience(lists=())) == []
    assert audience.summary(Audience(lists=())) == audience.Summary(0, 0, 0, 0, 0)


def test_sample_shows_some_of_those_who_receive(news: MailingList) -> None:
    people = [person(f"p{number}", news) for number in range(5)]
    assert audience.sample(Audience(lists=(news.pk,)), 2) == [people[4], people[3]]


@pytest.mark.parametrize("chosen", [Audience((1, 2), (3,), (4, 5)), Audience(()), Audience((1,), (), ())])
def test_audience_survives_being_stored(chosen: Audience) -> None:
    assert Audience.from_json(chosen.to_json()) == chosen


def test_tags_narrow_lists_and_never_add_anybody(news: MailingList, events: MailingList) -> None:
    for name, lists, carried in (
        ("vip", [news], ["VIP"]),
        ("press", [news], ["Press", "b2b"]),
        ("plain", [news], None),
        ("stranger", [], ["VIP"]),
        ("both", [news, events], ["VIP"]),
    ):
        contact = person(name, *lists)
        contact.attributes = {"tags": carried} if carried else {}
        contact.save()
    left = person("left", news, state="unsubscribed")
    Contact.objects.filter(pk=left.pk).update(attributes={"tags": ["VIP"]})

    chosen = Audience((news.pk, events.pk), tags=("VIP", "Press"))
    assert receivers(chosen) == ["both", "press", "vip"]
    found = audience.summary(chosen)
    assert (found.matched, found.unsubscribed, found.duplicates, found.will_receive) == (5, 1, 1, 3)
    assert [contact.email.split("@")[0] for contact in audience.sample(chosen, 9)] == ["both", "press", "vip"]
    assert receivers(Audience((news.pk,), tags=("vip",))) == []
    assert Audience.from_json(chosen.to_json()) == chosen


def test_people_with_an_excluded_tag_do_not_count_at_all(news: MailingList) -> None:
    for name, carried in (("vip", ["VIP"]), ("press", ["Press", "VIP"]), ("plain", None), ("broken", "VIP")):
        contact = person(name, news)
        Contact.objects.filter(pk=contact.pk).update(attributes={"tags": carried} if carried else {})
    chosen = Audience((news.pk,), excluded_tags=("Press", "b2b"))
    assert receivers(chosen) == ["broken", "plain", "vip"]
    assert audience.summary(chosen) == audience.Summary(3, 0, 0, 0, 3)
    assert receivers(replace(chosen, tags=("VIP",))) == ["broken", "vip"]
    assert receivers(replace(chosen, excluded_tags=("VIP",))) == ["plain"]
    assert Audience.from_json(json.loads(json.dumps(chosen.to_json()))) == chosen


def test_tags_to_choose_from_are_those_people_carry() -> None:
    Contact.objects.create(email="a@example.org", attributes={"tags": ["b", "A"]})
    Contact.objects.create(email="b@example.org", attributes={"tags": ["b", "زبائن"]})
    Contact.objects.create(email="c@example.org", attributes={"tags": "odd", "city": "Łódź"})
    assert tags.known(also=["kept"]) == ["A", "b", "kept", "زبائن"]


CITY = Rule("profile", {"field": "field:city", "how": "is", "value": "Paris"})
TAGGED = Rule("tag", {"how": "has", "tag": "vip"})


@pytest.fixture
def parisians(news: MailingList) -> None:
    Field.objects.create(key="city", label="City")
    for name, attributes in (
        ("ana", {"city": "Paris", "tags": ["vip"]}),
        ("bo", {"city": "Paris"}),
        ("cy", {"city": "Lyon", "tags": ["vip"]}),
    ):
        Contact.objects.filter(pk=person(name, news).pk).update(attributes=attributes)
    left = person("left", news, state="unsubscribed")
    Contact.objects.filter(pk=left.pk).update(attributes={"city": "Paris"})


def test_segments_narrow_lists_and_never_add_to_them(news: MailingList, parisians: None) -> None:
    nowhere = person("nowhere")
    Contact.objects.filter(pk=nowhere.pk).update(attributes={"city": "Paris"})
    chosen = Audience(lists=(news.pk,), segments=(Group(Match.ALL, (CITY,)),))
    assert receivers(chosen) == ["ana", "bo"]
    summed = audience.summary(chosen)
    assert (summed.matched, summed.unsubscribed, summed.will_receive) == (3, 1, 2)
    assert {c.email for c in audience.sample(chosen, 5)} == {"ana@Example.com", "bo@Example.com"}
    either = Audience(lists=(news.pk,), segments=(Group(Match.ALL, (CITY,)), Group(Match.ALL, (TAGGED,))))
    assert receivers(either) == ["ana", "bo", "cy"]


def test_people_of_an_excluded_segment_are_left_out(news: MailingList, parisians: None) -> None:
    chosen = Audience(
        lists=(news.pk,), segments=(Group(Match.ALL, (CITY,)),), excluded_segments=(Group(Match.ALL, (TAGGED,)),)
    )
    assert receivers(chosen) == ["bo"]
    assert audience.summary(chosen).will_receive == 1
    assert receivers(Audience.from_json(json.loads(json.dumps(chosen.to_json())))) == ["bo"]


def test_rules_that_cannot_be_asked_any_more_reach_nobody_and_say_so(news: MailingList, parisians: None) -> None:
    for chosen in (
        Audience(lists=(news.pk,), segments=(Group(Match.ALL, (CITY,)),)),
        Audience(lists=(news.pk,), excluded_segments=(Group(Match.ALL, (CITY,)),)),
    ):
        assert not audience.problem(chosen)
        Field.objects.all().delete()
        assert audience.problem(chosen) == "What was chosen as field is gone."
        assert receivers(chosen) == []
        assert audience.summary(chosen).will_receive == 0
        Field.objects.create(key="city", label="City")


def test_a_suppression_for_one_list_stops_its_mail_alone_and_is_counted(news: MailingList, events: MailingList) -> None:
    person("plain", news)
    both, only = person("both", news, events), person("only", news)
    of_lists.suppress([both.email, only.email], news, reason="Asked on the telephone", by=None)
    chosen = Audience(lists=(news.pk,))
    assert receivers(chosen) == ["plain"]
    assert audience.summary(chosen) == audience.Summary(
        3, unsubscribed=0, suppressed=2, duplicates=0, will_receive=1, paused=0
    )
    wide = Audience(lists=(news.pk, events.pk))  # who is on another list gets it through that one
    assert receivers(wide) == ["both", "plain"]
    assert audience.summary(wide).suppressed == 1
    assert set(Subscription.objects.open().values_list("contact__email", "list__name")) == {
        ("plain@Example.com", "News"),
        ("both@Example.com", "Events"),
    }
    known = asking.known()
    rule = Group(Match.ALL, (Rule("suppressed", {"how": "one_list"}),))
    assert measuring.measure(rule, known, patience_ms=5000).people == 2
    assert measuring.measure(rule, known, patience_ms=5000).reachable == 1
    consent.subscribe(only, lists=[events.pk], channel="hand")  # whatever they join, the list stays closed
    consent.resubscribe(only, lists=[news.pk], channel="form", by=None, text="Again")
    assert receivers(chosen) == ["plain"]
