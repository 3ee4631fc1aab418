"""Each condition asked of people in the database: who fits is whom a reader of its words would expect."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from contacts.models import (
    ConsentEvent,
    Contact,
    Field,
    FieldIndex,
    Headcount,
    MailingList,
    Segment,
    SignupForm,
    SignupRequest,
    Subscription,
    Suppression,
)
from contacts.segments import asking, compiling, everybody, indexing, measuring
from contacts.segments.predicate import EVERYBODY, Sql
from contacts.segments.rules import Group, Match, Rule, write
from contacts.signup import sweeping

pytestmark = pytest.mark.django_db

Who = Callable[..., set[str]]


def person(name: str, **more: Any) -> Contact:
    return Contact.objects.create(email=f"{name}@Example.com", **more)


@pytest.fixture
def who() -> Who:
    """Names of those who fit one row."""

    def ask(condition: str, **values: str) -> set[str]:
        return inside(Group(Match.ALL, (Rule(condition, values),)))

    return ask


def inside(group: Group) -> set[str]:
    """The rules that are said to hold everybody else must do so, whatever is asked."""
    found = fitting(compiling.predicate(group, asking.known()))
    others = compiling.opposite(group)
    if others:
        assert fitting(compiling.where(others, asking.known())) == fitting(EVERYBODY) - found
    return found


def fitting(found: Sql) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT c.email FROM contacts_contact c WHERE {found.text}", list(found.parameters))  # noqa: S608
        return {email.partition("@")[0] for (email,) in cursor.fetchall()}


@pytest.fixture
def people(db: None) -> None:
    for key, kind in (("city", "text"), ("orders", "number"), ("born", "date"), ("vip", "boolean")):
        Field.objects.create(key=key, label=key.capitalize(), kind=kind)
    person("paris", attributes={"city": "Paris", "orders": 20, "born": "1990-02-28", "vip": True})
    person("lyon", attributes={"city": "LYON", "orders": 100, "born": "1984-12-31", "vip": False})
    person("odd", attributes={"city": "20", "orders": "many", "born": "soon", "vip": "perhaps"})
    person("empty", attributes={"city": "", "orders": None})
    person("nothing")


@pytest.mark.parametrize(
    ("town", "how", "value"),
    [
        ("Gießen", "is", "GIEßEN"),
        ("Gießen", "one-of", "Paris, gießen"),
        ("Gießen", "contains", "Eß"),
        ("Gießen", "begins", "gieß"),
        ("Gießen", "ends", "ßEN"),
        ("İZMİR", "is", "İzmir"),
    ],
)
def test_a_town_is_found_by_its_letters_in_whatever_case(who: Who, town: str, how: str, value: str) -> None:
    """Python's small letters are not the database's: “ß” becomes “ss”, “İ” becomes two."""
    Field.objects.create(key="city", label="City")
    person("there", attributes={"city": town})
    person("elsewhere", attributes={"city": "Giessen"})
    assert who("profile", field="field:city", how=how, value=value) == {"there"}
    assert who("profile", field="field:city", how="one-of", value=" , ") == set()


@pytest.mark.parametrize(
    ("how", "values", "fit"),
    [
        ("is", {"value": "paris"}, {"paris"}),
        ("is-not", {"value": "paris"}, {"lyon", "odd"}),
        ("one-of", {"value": "Lyon, Paris ,"}, {"paris", "lyon"}),
        ("contains", {"value": "AR"}, {"paris"}),
        ("contains", {"value": "%"}, set()),
        ("lacks", {"value": "yo"}, {"paris", "odd"}),
        ("begins", {"value": "ly"}, {"lyon"}),
        ("ends", {"value": "IS"}, {"paris"}),
        ("ends", {"value": "_s"}, set()),
        ("less", {"value": "100"}, {"odd"}),
        ("known", {}, {"paris", "lyon", "odd"}),
        ("unknown", {}, {"empty", "nothing"}),
    ],
)
def test_a_text_is_compared_as_text_and_as_a_number_where_it_holds_one(
    people: None, who: Who, how: str, values: dict[str, str], fit: set[str]
) -> None:
    assert who("profile", field="field:city", how=how, **values) == fit


@pytest.mark.parametrize(
    ("how", "values", "fit"),
    [
        ("equals", {"value": "20.0"}, {"paris"}),
        ("differs", {"value": "20"}, {"lyon"}),
        ("less", {"value": "100"}, {"paris"}),
        ("most", {"value": "100"}, {"paris", "lyon"}),
        ("more", {"value": "-1"}, {"paris", "lyon"}),
        ("between", {"value": "19", "upper": "21"}, {"paris"}),
        ("known", {}, {"paris", "lyon", "odd"}),
    ],
)
def test_a_number_is_compared_as_a_number(
    people: None, who: Who, how: str, values: dict[str, str], fit: set[str]
) -> None:
    assert who("profile", field="field:orders", how=how, **values) == fit


@pytest.mark.parametrize(
    ("how", "values", "fit"),
    [
        ("on", {"value": "1984-12-31"}, {"lyon"}),
        ("before", {"value": "1984-12-31"}, set()),
        ("after", {"value": "1984-12-31"}, {"paris"}),
        ("between", {"value": "1984-12-31", "upper": "1990-02-28"}, {"paris", "lyon"}),
        ("longer", {"days": "9999"}, {"paris", "lyon"}),
        ("unknown", {}, {"empty", "nothing"}),
    ],
)
def test_dates_are_compared_by_the_calendar(
    people: None, who: Who, how: str, values: dict[str, str], fit: set[str]
) -> None:
    assert who("profile", field="field:born", how=how, **values) == fit


def test_a_birthday_comes_round_whatever_the_year(who: Who) -> None:
    Field.objects.create(key="born", label="Born", kind="date")
    today = timezone.localdate()
    person(
        "today", attributes={"born": today.replace(year=1980).isoformat() if today.day < 29 else f"{today:1980-%m-%d}"}
    )
    person("next-week", attributes={"born": f"{today + timedelta(7):1990-%m-%d}"})
    person("gone", attributes={"born": f"{today - timedelta(1):1990-%m-%d}"})
    assert who("profile", field="field:born", how="anniversary", days="6") == {"today"}
    assert who("profile", field="field:born", how="anniversary", days="7") == {"today", "next-week"}


def test_yes_and_no_are_not_what_is_missing(people: None, who: Who) -> None:
    assert who("profile", field="field:vip", how="yes") == {"paris"}
    assert who("profile", field="field:vip", how="no") == {"lyon"}


def test_days_begin_at_midnight_of_the_organisation(who: Who) -> None:
    zone = timezone.get_current_timezone()
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    for name, at in (("early", midnight), ("late", midnight - timedelta(seconds=1))):
        Contact.objects.filter(pk=person(name).pk).update(created_at=at)
    day = midnight.astimezone(zone).date().isoformat()
    assert who("profile", field="created_at", how="on", value=day) == {"early"}
    assert who("profile", field="created_at", how="before", value=day) == {"late"}
    assert who("profile", field="created_at", how="last", days="1") == {"early", "late"}


def test_the_domain_is_what_stands_behind_the_last_at(who: Who) -> None:
    Contact.objects.create(email='"a@b"@firm.example')
    person("ana")
    assert who("profile", field="domain", how="is", value="FIRM.example") == {'"a'}


def test_tags(who: Who) -> None:
    person("both", attributes={"tags": ["vip", "new"]})
    person("one", attributes={"tags": ["new"]})
    person("none")
    person("broken", attributes={"tags": "vip"})
    assert who("tag", how="has", tag="vip") == {"both", "broken"}
    assert who("tag", how="lacks", tag="vip") == {"one", "none"}


def test_lists_by_state(who: Who) -> None:
    news, events = MailingList.objects.create(name="News"), MailingList.objects.create(name="Events")
    for name, one, state in (
        ("in", news, "subscribed"),
        ("left", news, "unsubscribed"),
        ("waits", news, "unconfirmed"),
        ("other", events, "subscribed"),
    ):
        Subscription.objects.create(contact=person(name), list=one, state=state)
    person("nowhere")
    assert who("list", how="subscribed", list=str(news.pk)) == {"in"}
    assert who("list", how="unsubscribed", list=str(news.pk)) == {"left"}
    assert who("list", how="on", list=str(news.pk)) == {"in", "left", "waits"}
    assert who("list", how="off", list=str(news.pk)) == {"other", "nowhere"}
    assert who("list", how="subscribed", list="any") == {"in", "other"}
    assert who("list", how="off", list="any") == {"nowhere"}


def test_consent_by_way_and_time(who: Who) -> None:
    for name, channel, days, kind in (
        ("file", "import", 5, "given"),
        ("page", "page", 5, "given"),
        ("long-ago", "import", 50, "given"),
        ("withdrawn", "import", 5, "withdrawn"),
    ):
        at = timezone.now() - timedelta(days=days)
        ConsentEvent.objects.create(contact=person(name), kind=kind, channel=channel, at=at)
    assert who("consent", channel="import", days="30") == {"file"}
    assert who("consent", channel="any", days="30") == {"file", "page"}
    assert who("consent", channel="any", days="60") == {"file", "page", "long-ago"}


def test_reasons_not_to_write(who: Who) -> None:
    for name in ("dead", "angry", "fine"):
        person(name)
    Suppression.objects.create(email="dead@example.com", reason="hard_bounce")
    Suppression.objects.create(email="angry@example.com", reason="complaint")
    assert who("suppressed", how="any") == {"dead", "angry"}
    assert who("suppressed", how="complaint") == {"angry"}
    assert who("suppressed", how="none") == {"fine"}
    Suppression.objects.filter(email="dead@example.com").update(reason="held")
    assert who("suppressed", how="held") == {"dead"}


def test_who_withdrew_and_how(who: Who) -> None:
    for name, channel, days in (("button", "one-click", 3), ("page", "page", 5), ("long-ago", "page", 50)):
        at = timezone.now() - timedelta(days=days)
        ConsentEvent.objects.create(contact=person(name), kind="withdrawn", channel=channel, at=at)
    ConsentEvent.objects.create(contact=person("agreed"), kind="given", channel="page")
    assert who("withdrew", channel="one-click", days="30") == {"button"}
    assert who("withdrew", channel="any", days="30") == {"button", "page"}
    assert who("withdrew", channel="page", days="60") == {"page", "long-ago"}


def test_who_came_by_which_form(who: Who) -> None:
    news, fair = (SignupForm.objects.create(name=name) for name in ("News", "Fair"))
    for name, form, state in (("ana", news, "confirmed"), ("bo", fair, "confirmed"), ("cy", news, "expired")):
        email = f"{name}@example.com"
        now = timezone.now()
        SignupRequest.objects.create(
            form=form, email=email, key=email, state=state, contact=person(name), asked_at=now, expires_at=now
        )
    assert who("form", how="by", form=str(news.pk)) == {"ana"}
    assert who("form", how="by", form="any") == {"ana", "bo"}
    assert who("form", how="not", form=str(news.pk)) == {"bo", "cy"}
    sweeping.sweep(now + timedelta(days=60))
    assert who("form", how="by", form=str(news.pk)) == {"ana"}
    assert who("form", how="by", form="any") == {"ana", "bo"}
    assert who("form", how="not", form=str(news.pk)) == {"bo", "cy"}


def test_who_wants_no_mail_for_a_while(who: Who) -> None:
    person("now", paused_until=timezone.now() + timedelta(days=3))
    person("over", paused_until=timezone.now() - timedelta(days=3))
    person("never")
    assert who("paused", how="now") == {"now"}
    assert who("paused", how="not") == {"over", "never"}


def test_a_random_share_is_drawn_once_and_for_all(who: Who) -> None:
    Contact.objects.bulk_create(Contact(email=f"p{n}@example.com") for n in range(1000))
    first = who("random", percent="20", draw="A")
    assert 150 < len(first) < 250
    assert who("random", percent="20", draw="A") == first
    assert who("random", percent="40", draw="A") > first
    assert who("random", percent="100", draw="A") == {f"p{n}" for n in range(1000)}
    assert len(who("random", percent="20", draw="B") & first) < 100


def test_another_segment_and_its_opposite(who: Who) -> None:
    person("ana", first_name="Ana")
    person("bo", first_name="Bo")
    rules = Group(Match.ANY, (Rule("profile", {"field": "first_name", "how": "is", "value": "Ana"}),))
    segment = Segment.objects.create(name="Anas", rules=write(rules))
    assert who("segment", how="in", segment=str(segment.pk)) == {"ana"}
    assert who("segment", how="out", segment=str(segment.pk)) == {"bo"}


def test_groups_stand_in_each_other(people: None) -> None:
    def city(value: str) -> Rule:
        return Rule("profile", {"field": "field:city", "how": "is", "value": value})

    either = Group(Match.ANY, (city("Paris"), city("Lyon")))
    many = Rule("profile", {"field": "field:orders", "how": "more", "value": "50"})
    assert inside(Group(Match.ALL, (either, many))) == {"lyon"}
    assert inside(Group(Match.NONE, (city("Paris"), many))) == {"odd", "empty", "nothing"}
    assert inside(Group(Match.ALL, (Group(Match.NONE, (either,)), many))) == set()


def test_those_who_did_not_are_everybody_but_those_who_did(who: Who) -> None:
    for name, days in (("lately", 3), ("once", 300)):
        person(name, last_clicked_at=timezone.now() - timedelta(days=days))
    person("never")
    assert who("clicked", how="last", days="90") == {"lately"}
    assert who("clicked", how="not-last", days="90") == {"once", "never"}
    assert who("clicked", how="ever") == {"lately", "once"}
    assert who("clicked", how="never") == {"never"}


@pytest.mark.parametrize("match", list(Match))
def test_many_people_are_counted_like_few(people: None, monkeypatch: pytest.MonkeyPatch, match: Match) -> None:
    """Of many, whichever question costs less is asked: for them, or for everybody else."""
    person("tagged", attributes={"tags": ["vip"], "city": "Paris"})
    city = Rule("profile", {"field": "field:city", "how": "known"})
    group = Group(match, (city, Rule("tag", {"how": "lacks", "tag": "vip"}), Group(Match.NONE, (city,))))
    few = measuring.measure(group, asking.known())
    monkeypatch.setattr(measuring, "_FEW", -1)
    assert measuring.measure(group, asking.known()) == few
    assert few.people == measuring.people(group, asking.known()) == len(inside(group))


@pytest.mark.parametrize("inner", list(Match))
@pytest.mark.parametrize("outer", list(Match))
def test_rows_of_a_group_are_asked_of_those_whom_the_rows_before_it_left(
    people: None, outer: Match, inner: Match, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, vip = (Rule("profile", {"field": f"field:{key}", "how": "known"}) for key in ("city", "vip"))
    lyon = Rule("profile", {"field": "field:city", "how": "is", "value": "lyon"})
    person("vip-alone", attributes={"vip": True})
    nested = Group(Match.ANY, (lyon,))
    group, about = Group(outer, (city, Group(inner, (vip, nested)))), asking.known()
    left = () if outer == Match.ANY else (Group(outer, (city,)),)
    so_far = [[], [Group(inner, (vip,))], [Group(inner, (vip, nested))]]
    expected = [len(fitting(compiling.predicate(Group(Match.ALL, (*left, *each)), about))) for each in so_far]
    found, is_exact = measuring.within_groups(group, about)
    assert (found[1,], is_exact) == (expected, True)
    assert len(found[1, 1]) == 2
    measured = measuring.measure(group, about)
    if outer == Match.ALL:
        assert found[1,][-1] == measured.people
    assert measuring.within_groups(Group(outer, (city, vip)), about) == ({}, True)
    monkeypatch.setattr(measuring, "_FEW", -1)
    monkeypatch.setattr(measuring, "_AT_ONCE_COST", 0)
    assert measuring.within_groups(group, about) == (found, True), "of a small table a sample is exact"


def test_it_is_known_how_many_there_are_however_they_came_and_went(people: None) -> None:
    Contact.objects.bulk_create([Contact(email=f"{n}@example.com") for n in range(3)])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contacts_contact SET first_name = 'Ana'")
        cursor.execute("DELETE FROM contacts_contact WHERE email LIKE '0@%%' OR email LIKE 'odd@%%'", [])
    assert everybody.count() == Contact.objects.count() == 6
    Headcount.objects.bulk_create(Headcount(people=0) for _ in range(600))
    everybody.fold()
    assert [note.people for note in Headcount.objects.all()] == [6]
    Headcount.objects.update(people=2)  # as a backup may leave it that was read back without triggers
    everybody.mend()
    everybody.mend()
    assert everybody.count() == 6


def test_now_of_the_organisation_is_used(who: Who) -> None:
    assert asking.known().now - datetime.now(UTC) < timedelta(seconds=5)


def test_an_index_answers_for_what_segments_ask_and_goes_when_none_does(people: None) -> None:
    """Each comparison says the words of its index; nobody gains by one that the planner does not recognise."""
    asked = {
        "segment_text": Rule("profile", {"field": "field:city", "how": "is", "value": "Paris"}),
        "segment_number": Rule("profile", {"field": "field:orders", "how": "more", "value": "19"}),
        "segment_day": Rule("profile", {"field": "field:born", "how": "before", "value": "1990-01-01"}),
        "segment_choices": Rule("profile", {"field": "field:likes", "how": "one-of", "value": "tea, coffee"}),
        "segment_tags": Rule("tag", {"how": "has", "tag": "vip"}),
    }
    Field.objects.create(key="likes", label="Likes", kind=Field.Kind.CHOICES)
    for name, rule in asked.items():
        Segment.objects.create(name=name, rules=write(Group(Match.ALL, (rule,))))
    indexing.keep()
    assert not FieldIndex.objects.exists()  # for a handful of people it is not worth it
    indexing.keep(worth_people=-1)
    indexing.keep(worth_people=-1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for name, rule in asked.items():
            found = compiling.where(Group(Match.ALL, (rule,)), asking.known())
            cursor.execute(
                f"EXPLAIN SELECT count(*) FROM contacts_contact c WHERE {found.text}",  # noqa: S608
                list(found.parameters),
            )
            assert name in " ".join(line for (line,) in cursor.fetchall())
        assert inside(Group(Match.ALL, (asked["segment_number"],))) == {"paris", "lyon"}
        Contact.objects.filter(email__startswith="odd").update(attributes={"city": "x" * 5_000})  # longer than a page
        Segment.objects.all().delete()
        FieldIndex.objects.exclude(name="segment_tags").update(wanted_at=timezone.now() - timedelta(days=31))
        indexing.keep(worth_people=-1)
        cursor.execute("SELECT relname FROM pg_class WHERE relname LIKE 'segment\\_%'")
        assert cursor.fetchall() == [("segment_tags",)]


def test_consent_to_being_counted(who: Who) -> None:
    person("yes", open_consent="given")
    person("no", open_consent="refused", click_consent="given")
    assert who("tracking-consent", part="opens", state="given") == {"yes"}
    assert who("tracking-consent", part="clicks", state="unknown") == {"yes"}
