from collections.abc import Iterator

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Invitation, User
from accounts.shell import notices, problems
from accounts.shell.sources import Sources

pytestmark = pytest.mark.django_db


def words(user: User) -> Iterator[str]:
    yield f"{user} reads this"


def test_sources_are_asked_only_while_their_rows_are_there(owner: User, viewer: User) -> None:
    sources = Sources[str]()
    sources.register(words, rows=User.objects.filter(role="viewer").all)
    sources.register(lambda _: ["nobody is invited"], rows=Invitation.objects.all)
    sources.register(lambda _: ["always"])
    assert list(sources.ask(owner)) == [f"{owner} reads this", "always"]
    viewer.delete()
    assert list(sources.ask(owner)) == ["always"]


def test_what_is_registered_again_is_told_once(owner: User) -> None:
    sources = Sources[str]()
    for _ in range(2):
        sources.register(words)
    assert list(sources.ask(owner)) == [f"{owner} reads this"]


def test_a_page_without_notices_costs_one_query_for_them(
    owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert notices.for_user(owner) == []
    with django_assert_num_queries(6):  # the notices' one, and what no row tells of
        assert problems.for_user(owner) == []
