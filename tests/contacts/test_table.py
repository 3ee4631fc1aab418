"""The table of people: found, ordered and paged without looking at everybody, in the columns that were chosen."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.wording import count_people
from contacts import consent, paging, tags
from contacts.filtering import Filter, State
from contacts.models import (
    Contact,
    Field,
    MailingList,
    NamePlace,
    SearchBlock,
    Segment,
    StaleBlock,
    Subscription,
    Suppression,
)
from contacts.segments.rules import Group, Match, Rule, write
from contacts.suppression import of_lists
from contacts.table import blocks, counting, folding, naming, ordering
from contacts.table.blocks import Marks
from contacts.table.searching import Holding
from contacts.views import people as view

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_for: Callable[[User], Client], viewer: User) -> Client:
    return client_for(viewer)


def addresses(page: str) -> list[str]:
    return re.findall(r'<td class="first"><a href="[^"]+"><bdi>([^<]+)</bdi>', page)


def walk(browser: Client, url: str) -> tuple[list[list[str]], list[list[str]]]:
    """All pages to the end, and all of them back to the first."""
    there, last = _pages(browser, url, "next")
    back, _ = _pages(browser, last, "prev")
    return there, back


def _pages(browser: Client, url: str, link: str) -> tuple[list[list[str]], str]:
    found = []
    while True:
        page = browser.get(url).content.decode()
        found.append(addresses(page))
        further = re.search(rf'rel="{link}" href="([^"]+)"', page)
        if further is None:
            return found, url
        url = "/contacts/" + further[1].replace("&amp;", "&")


def test_every_order_is_the_same_forth_and_back_and_leaves_nobody_out(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering.page, "__defaults__", (2,))
    now = timezone.now()
    for address, first, last, clicked in (
        ("c@x.example", "Ana", "Zorn", None),
        ("a@x.example", "", "", now),
        ("e@x.example", "Ben", "adler", now),
        ("b@x.example", "", "", None),
        ("d@x.example", "Ada", "Adler", None),
    ):
        Contact.objects.create(email=address, first_name=first, last_name=last, last_clicked_at=clicked)
    expected = [("", "dbeac"), ("name", "decab"), ("email", "abcde"), ("clicked", "eadbc"), ("name", "decab")]
    for number, (sort, letters) in enumerate(expected):
        if number == 4:
            folding.fold()
            assert NamePlace.objects.count() == 5, "names have their places now"
        there, back = walk(browser, f"/contacts/?sort={sort}")
        assert "".join(one[0] for page in there for one in page) == letters, sort
        assert list(map(len, there)) == [2, 2, 1]
        assert [one for page in reversed(back[1:]) for one in page] == [one for page in there[:2] for one in page], sort


def test_who_is_renamed_or_deleted_moves_in_the_order_by_name_at_once(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = Contact.objects.bulk_create(
        Contact(email=f"{letter}@x.example", last_name=letter) for letter in "abcdefgh"
    )
    folding.fold()
    far = Contact.objects.create(pk=people[-1].pk + 64, email="z@x.example", last_name="dd")
    Contact.objects.filter(email="b@x.example").update(last_name="Zz")
    Contact.objects.filter(email="e@x.example").delete()

    def order() -> str:
        return "".join(one[0] for one in addresses(browser.get("/contacts/?sort=name").content.decode()))

    assert order() == "acdzfghb"
    folding.fold()
    assert order() == "acdzfghb"
    far.delete()
    Contact.objects.filter(email="g@x.example").update(last_name="")
    assert order() == "acdfhbg"
    monkeypatch.setattr(naming, "MOST_WAITING", 0)
    page = browser.get("/contacts/?sort=name").content.decode()
    assert [one[0] for one in addresses(page)] == list("hgfdcba"), "too many wait: the newest first"
    assert "Until these are sorted" in page


def test_search_knows_who_came_or_was_renamed_before_and_after_it_is_folded(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [Contact(email=f"p{number}@example.com", last_name="Ümit") for number in range(200)]
    Contact.objects.bulk_create(many)

    def found(words: str) -> int:
        return len(Holding.of(Contact.objects.search(words), Marks(search=words)).newest(most=1000))

    assert found("ümi p19") == 11, "nothing is folded yet"
    folding.fold()
    assert (StaleBlock.objects.count(), SearchBlock.objects.count() > 2) == (0, True)
    assert (found("ümi p19"), found("ÜMIT EXAMPLE"), found("nobody")) == (11, 200, 0)
    Contact.objects.filter(email="p7@example.com").update(first_name="Zoë")
    assert found("zoë") == 1, "renamed since"
    folding.fold()
    Contact.objects.filter(email="p7@example.com").delete()
    assert found("zoë") == 0
    monkeypatch.setattr(view, "_SORTED_TO", 60)
    there, back = walk(browser, "/contacts/?q=p1&sort=email")
    assert [len(page) for page in there] == [50, 50, 11], "too many to sort: the newest first, nobody twice"
    assert len({one for page in there for one in page}) == 111
    assert [one for page in reversed(back[1:]) for one in page] == [one for page in there[:-1] for one in page]
    few = browser.get("/contacts/?q=p19&sort=email").content.decode()
    assert addresses(few)[:3] == ["p190@example.com", "p191@example.com", "p192@example.com"]
    assert "11 people" in few


def test_states_tags_and_lists_find_and_count_whoever_is_there_whatever_happened_since() -> None:
    lists = [MailingList.objects.create(name=name).pk for name in ("News", "Books")]
    Contact.objects.bulk_create(Contact(email=f"p{number}@example.com") for number in range(150))
    crowd = list(Contact.objects.order_by("pk"))
    for number, person in enumerate(crowd[:60]):
        consent.subscribe(person, lists=[lists[number % 2]], channel="hand")
    folding.fold()
    tags.add("vip", [person.pk for person in crowd[::7]])
    consent.unsubscribe(crowd[3], lists=[lists[1]], channel="page")
    consent.unsubscribe(crowd[4], lists=None, channel="page")
    consent.suppress("p5@example.com", Suppression.Reason.HARD_BOUNCE)
    consent.suppress("p6@example.com", Suppression.Reason.MANUAL)
    Contact.objects.filter(email="p8@example.com").update(paused_until=timezone.now() + timedelta(days=3))
    consent.erase_all([crowd[9].pk])
    on_no_more = Subscription.objects.filter(contact__in=crowd[10:12])
    on_no_more.update(expires_at=timezone.now() - timedelta(days=1))
    of_lists.suppress([crowd[20].email], MailingList.objects.get(pk=lists[0]), reason="", by=None)
    for query in (*(f"state={state}" for state in State.values), "tag=vip", *(f"list={pk}" for pk in lists)):
        _matches(query)
    folding.fold()
    tags.remove("vip", [crowd[7].pk, crowd[14].pk])
    Suppression.objects.filter(email="p6@example.com").delete()
    Contact.objects.filter(email="p120@example.com").delete()
    for _ in range(2):
        for query in (*(f"state={state}" for state in State.values), "", "tag=vip", f"list={lists[0]}&state=reachable"):
            _matches(query)
        folding.fold()
    assert set(blocks.STATES) | {"paused", "expired"} == set(State.values)


def _matches(query: str) -> None:
    """The blocks lead to those whom the filter finds, and the table says how many they are."""
    chosen = Filter.of(QueryDict(query))
    expected = list(chosen.apply().order_by("-pk").values_list("pk", flat=True))
    holding = Holding.of(chosen.apply(), counting.marks_of(chosen))
    assert holding.newest(most=1000) == expected, query
    assert holding.newest(most=3, after=expected[-1]) == expected[:-1][-3:], query
    assert counting.in_words(chosen) == count_people(len(expected)), query


def test_a_user_sees_the_columns_of_their_choice(
    browser: Client, client_for: Callable[[User], Client], owner: User
) -> None:
    Field.objects.create(key="city", label="Town")
    Contact.objects.create(email="ana@example.com", attributes={"city": "Bonn", "tags": ["vip", "new"]})
    answer = browser.post("/contacts/columns/", {"column": ["tags", "field:city", "field:gone"], "q": "ana"})
    assert answer.headers["Location"] == "/contacts/?q=ana"
    page = browser.get("/contacts/?q=ana").content.decode()
    assert re.findall(r'<th scope="col">(?:<bdi>)?([^<]+)', page) == ["Address", "Tags", "Town"]
    assert "vip, new" in page
    assert "Bonn" in page
    assert "People" in page
    assert "with “ana” in name or address" in page
    assert "<bdi>Town</bdi></th>" not in client_for(owner).get("/contacts/").content.decode()


@pytest.mark.parametrize("state", State.values)
def test_people_of_every_state_are_shown_exported_and_changed(
    client_for: Callable[[User], Client], owner: User, state: str
) -> None:
    Contact.objects.create(email="ana@example.com", paused_until=timezone.now() + timedelta(days=30))
    browser = client_for(owner)
    page = browser.get(f"/contacts/?state={state}&q=ana").content.decode()
    words = re.findall(r'aria-label="Without: ([^"]+)"', page)
    assert len(words) == 2, "the search and the state, each to be taken away"
    assert "Save as a segment" in page
    for url in (f"/contacts/export/?state={state}", f"/contacts/change/?action=add-tag&all=1&state={state}"):
        answer = browser.get(url, follow=True)
        assert answer.status_code == 200
        assert words[1] in answer.content.decode()


def test_few_people_are_counted_out(browser: Client) -> None:
    Contact.objects.create(email="ana@example.com")
    assert "1 person" in browser.get("/contacts/").content.decode()
    assert paging.SIZE == 50


def test_a_large_segment_is_told_by_the_count_that_jobs_keep(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "EXACT_TO", 2)
    Contact.objects.bulk_create(
        Contact(email=f"{name}@example.com", attributes={"tags": ["vip"]}) for name in ("ana", "ben", "cy")
    )
    group = Group(Match.ALL, (Rule("tag", {"how": "has", "tag": "vip"}),))
    segment = Segment.objects.create(name="Regulars", rules=write(group), people=12_345)
    assert counting.in_words(Filter(segment_id=segment.pk)) == "~12,000 people"
    assert counting.in_words(Filter(segment_id=segment.pk, search="ana")) == "1 person"
    assert "~12,000 people" in browser.get(f"/contacts/?segment={segment.pk}").content.decode()
