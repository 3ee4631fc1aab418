import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from redis import Redis

from accounts.faults import kept
from accounts.models import User
from config.urls import handler500 as handler500
from config.urls import urlpatterns as of_the_product

SECRET = "ana@example.com"


def breaks(request: HttpRequest, address: str) -> HttpResponse:
    raise KeyError(address)


urlpatterns = [*of_the_product, path("breaks/<str:address>/", breaks)]


@pytest.fixture(autouse=True)
def no_faults_yet() -> Iterator[None]:
    redis = Redis.from_url(settings.REDIS_URL)
    redis.delete(*redis.keys("faults:*"), "faults:last")
    yield
    redis.delete(*redis.keys("faults:*"), "faults:last")
    redis.close()


@pytest.fixture
def person() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_whoever_meets_a_fault_sees_the_number_that_the_log_names(
    person: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="accounts.faults.noticing"):
        answer = person.get(f"/breaks/{SECRET}/")
    number = answer.headers["X-Request-ID"]
    assert (answer.status_code, number in answer.content.decode()) == (500, True)
    (line,) = [record.getMessage() for record in caplog.records if record.name == "accounts.faults.noticing"]
    assert number in line
    assert "KeyError" in line
    assert "test_noticing.py" in line
    assert SECRET not in line


@pytest.mark.urls(__name__)
def test_admins_see_how_often_a_page_broke_and_nobodys_data(
    person: Client, client_for: Callable[[User], Client], admin: User, marketer: User
) -> None:
    for number in range(3):
        person.get(f"/breaks/{number}{SECRET}/")
    (fault,) = kept.latest()
    assert (fault.exception, fault.method, fault.pattern, fault.count) == (
        "KeyError",
        "GET",
        "/breaks/<str:address>/",
        3,
    )
    assert fault.place.startswith("tests/accounts/faults/test_noticing.py:")
    assert fault.first_at <= fault.last_at
    page = client_for(admin).get("/settings/faults/").content.decode()
    assert "breaks/&lt;str:address&gt;/" in page
    assert fault.request_id in page
    assert SECRET not in page
    assert client_for(marketer).get("/settings/faults/").status_code == 403


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_a_fault_is_answered_while_redis_is_away(person: Client, settings: Any) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock?db=0"
    answer = person.get(f"/breaks/{SECRET}/")
    assert (answer.status_code, answer.headers["X-Request-ID"] in answer.content.decode()) == (500, True)


def test_only_the_last_hundred_kinds_are_kept() -> None:
    for number in range(kept.MOST + 5):
        kept.keep(exception="KeyError", place=f"{number}", method="GET", pattern="/", request_id="1")
    faults = kept.latest()
    assert len(faults) == kept.MOST
    assert faults[0].place == f"{kept.MOST + 4}"
