"""Figures of mailbox providers: files as people download them, and what becomes of them."""

import csv
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation, User
from delivery.domains.models import SendingDomain
from delivery.models import Batch, Chunk, FeedbackCount, MailboxFigure, Provider, SendingAddress, WarmupDay, WarmupPlan
from delivery.reputation import over_time
from delivery.reputation.figures import taking
from delivery.reputation.figures.reading import Kind, NotReadable, read

NOW = datetime(2026, 11, 29, tzinfo=UTC)
# As SNDS writes it: no header, the month first, and the last column with whatever it likes.
SNDS = (
    b"203.0.113.5,11/24/2026 8:00 AM,11/25/2026 8:00 AM,422,409,422,GREEN,< 0.1%,,,0,mx.a.example,@a.example,\r\n"
    b'198.51.100.9,11/24/2026 8:00 AM,11/25/2026 8:00 AM,"1,200",1100,1300,RED,0.1% - < 1%,11/24/2026 8:07 AM,'
    b'11/24/2026 9:00 AM,3,mx.b.example,a@b.example,"quoted, with a comma"\r\n'
)


def test_microsofts_table_has_no_header() -> None:
    table = read(SNDS, NOW)
    assert table.kind == Kind.MICROSOFT
    assert [(one.subject, one.complained, one.is_most, one.mails, one.verdict, one.traps) for one in table.lines] == [
        ("203.0.113.5", 0.001, True, 422, "green", 0),
        ("198.51.100.9", 0.01, True, 1300, "red", 3),
    ]
    assert table.lines[0].begins_at == datetime(2026, 11, 24, 8, tzinfo=UTC)


def test_microsofts_columns_may_be_named_in_any_order() -> None:
    text = (
        "ipAddress,filterResult,complaintRate,trapHits,activityStart\n203.0.113.5,Yellow,0.4%,2,2026-11-24T08:00:00Z\n"
    )
    table = read(text.encode(), NOW)
    assert table.kind == Kind.MICROSOFT
    assert [(one.subject, one.complained, one.verdict, one.traps) for one in table.lines] == [
        ("203.0.113.5", 0.004, "yellow", 2)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Date,Spam rate\n2026-11-24,0.12%\n",
        "\ufeffDate;Spam Rate (%)\r\n24.11.2026;0,12\r\n",
        '"Date","User-reported spam rate"\n"Nov 24, 2026","0.12 %"\n',
        "date\tdomain\tuserReportedSpamRatio\n20261124\tnews.nordlicht.example\t0.0012\n",
        "Report of Postmaster Tools\n\nDay,Spam Ratio,Domain Reputation\n11/24/2026,1.2e-3,HIGH\n",
    ],
)
def test_googles_figures_come_in_many_spellings(text: str) -> None:
    (line,) = read(text.encode(), NOW).lines
    assert line.begins_at.date() == date(2026, 11, 24)
    assert line.complained == pytest.approx(0.0012)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04...", "save the sheet as CSV"),
        (b"<!doctype html><title>Sign in</title>", "web page"),
        (b"Date,Spam rate\n", "no line below"),
        (b"Campaign,Opens\nA,1\n", "It begins with: Campaign, Opens"),
        (b"Date,Spam rate\n2026-11-24,0.1%\nyesterday,0.1%\n", "Line 3: “yesterday” is no date"),
        (b"Date,Spam rate\n2026-11-24,0.03\n", "Line 2: nobody can tell whether “0.03” is a share or per cent"),
        (b"Date,Spam rate\n2026-11-24,lots\n", "“lots” is no rate"),
        (b"Date,Spam rate\n2027-11-24,0.1%\n", "lies ahead"),
        (b"Date,Spam rate\n9999-12-31,0.1%\n", "lies ahead"),
        (b"Date,Spam rate\n0001-01-01T00:00:00+14:00,0.1%\n", "is no date"),
        (b"Date,Activity end,Spam rate\n2026-11-24,2026-11-23,0.1%\n", "is no span of days"),
        (SNDS + b"elsewhere,11/24/2026,11/25/2026,1,1,1,GREEN,< 0.1%,,,0,,,\n", "Line 3: “elsewhere” is no IP address"),
        (b"Date,Spam rate\n2026-11-24,180%\n", "more than all mails"),
    ],
)
def test_a_broken_file_says_what_is_wrong_and_where(raw: bytes, words: str) -> None:
    with pytest.raises(NotReadable, match=words.replace("(", r"\(")):
        read(raw, NOW)


@pytest.fixture
def domain(organisation: Organisation) -> SendingDomain:
    return SendingDomain.objects.create(name="news.nordlicht.example", confirmed_at=timezone.now())


@pytest.mark.django_db
def test_a_file_counts_once_and_only_what_is_ours(domain: SendingDomain) -> None:
    SendingAddress.objects.create(ip="203.0.113.5")
    first = taking.in_words(taking.take(SNDS, None, NOW))
    assert first == "Microsoft SNDS, 24 Nov: 1 new. Left out, as not among your addresses: 198.51.100.9."
    assert "1 known already" in taking.in_words(taking.take(SNDS, None, NOW))
    google = b"Date,Spam rate\n2026-11-24,0.12%\n2026-11-25,\n2026-11-26,0.4%\n"
    with pytest.raises(NotReadable, match="which domain"):
        taking.take(google, None, NOW)
    words = taking.in_words(taking.take(google, domain, NOW))
    assert words == "Google Postmaster Tools, 24 Nov to 26 Nov: 2 new. 1 line holds no figure."
    again = taking.take(google.replace(b"0.4%", b"0.2%"), domain, NOW)
    assert (again.new, again.changed, again.known) == (0, 1, 1)
    assert MailboxFigure.objects.count() == 3


@pytest.mark.django_db
def test_figures_of_mailboxes_stand_beside_our_own_by_day(domain: SendingDomain) -> None:
    relay = Provider.objects.create(name="Relay", kind=Provider.Kind.SMTP, host="mx.relay.example", port=25)
    noon = timezone.now().replace(hour=12)  # the same day here and in UTC
    started = noon - timedelta(days=2)
    about = {"kind": "test", "content_id": 1, "rehearsal": False}
    batch = Batch.objects.create(**about, state="done", sender_domain=domain.name, provider=relay, started_at=started)
    Chunk.objects.create(batch=batch, lane="gmail", first_id=1, last_id=1000, size=1000, accepted=1000)
    FeedbackCount.objects.create(batch=batch, lane="gmail", hard=20, complained=4)
    address = SendingAddress.objects.create(ip="203.0.113.5", provider=relay)
    day = timezone.localtime(started).date()
    plan = WarmupPlan.objects.create(sender_domain=domain.name, caps=[500, 1000], started_on=day, today=day, day=2)
    WarmupDay.objects.create(
        plan=plan, date=day, day=1, cap=500, used=480, hard=0, complaints=0, deferred=0, next_day=2, reason="x"
    )
    begins = datetime(day.year, day.month, day.day, tzinfo=UTC)
    MailboxFigure.objects.create(domain=domain, begins_at=begins, day=day, complained=0.002)
    MailboxFigure.objects.create(address=address, begins_at=begins, day=day, complained=0.001, is_most=True, traps=2)
    (point,) = over_time.points(domain, 30)
    assert (point.own.accepted, point.complained, point.bounced, point.said) == (1000, 0.004, 0.02, 0.002)
    assert point.warmup == "1 (480 of 500)"
    (point,) = over_time.points(address, 30)
    assert (point.own.accepted, point.said, point.traps, point.said_kind) == (1000, 0.001, 2, "good")


@pytest.mark.django_db
def test_an_admin_uploads_a_file_sees_it_over_time_and_takes_it_back(
    domain: SendingDomain, admin: User, client_for: Callable[[User], Client], tmp_path: Path
) -> None:
    browser = client_for(admin)
    days = [timezone.now().date() - timedelta(days=number) for number in (1, 2, 5)]
    text = "Date,Domain,Spam rate\n" + "".join(f"{day},{domain.name},0.{number}2%\n" for number, day in enumerate(days))

    def sent(raw: str) -> str:
        file = SimpleUploadedFile("spam.csv", raw.encode(), "text/csv")
        return browser.post("/reputation/figures/", {"file": file, "domain": ""}, follow=True).content.decode()

    assert "Line 5: “soon” is no date" in sent(f"{text}soon,{domain.name},0.1%\n")
    assert not MailboxFigure.objects.exists()
    assert "3 new." in sent(text)
    page = browser.get(f"/reputation/domains/{domain.pk}/?days=30").content.decode()
    assert "Gmail says" in page
    assert "0.22" in page
    assert 'data-behaviour="chart-over-time"' in page
    (chart,) = (json.loads(unescape(found)) for found in re.findall('data-chart="([^"]*)"', page))
    said = next(line["values"] for line in chart["lines"] if line["name"] == "Gmail says")
    assert (said, len(chart["labels"])) == ([0.22, None, None, 0.12, 0.02], 5)
    table: Any = browser.get(f"/reputation/domains/{domain.pk}/?days=30&as=csv")
    header, *rows = csv.reader(StringIO(b"".join(table).decode("utf-8-sig")))
    assert header[-2:] == ["Gmail says %", "Gmail says"]
    assert [row[-2] for row in rows] == ["0.22", "0.12", "0.02"]
    page = browser.post(f"/reputation/domains/{domain.pk}/forget/", follow=True).content.decode()
    assert "3 uploaded figures" in page
    assert not MailboxFigure.objects.exists()
