"""Reports over several campaigns, as marketers see them."""

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from io import StringIO
from itertools import count

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from campaigns.views.across import compared
from contacts import consent
from contacts.growth import folding
from contacts.models import Contact, ListDay, MailingList, Subscription, Suppression
from contacts.reach import counting
from delivery.models import Batch
from tracking.conversions.models import Conversion, Goal
from tracking.models import Breakdown, Cohort, EventKind, Rollup

PAGES = ["/reports/", "/reports/compare/", "/reports/lists/", "/reports/sign-ups/", "/reports/hours/"]
SCRIPT = "<script>alert(1)</script>"
NOW = datetime.now(UTC)
_ids = count(1)

Send = Callable[..., Campaign]


@pytest.fixture
def browser(viewer: User, client_for: Callable[[User], Client]) -> Client:
    return client_for(viewer)


@pytest.fixture
def send(db: None) -> Send:
    """A campaign sent `days` ago, whose sums say what its people did."""

    def make(
        name: str = "",
        *,
        accepted: int = 10_000,
        clicked: int = 0,
        unsubscribed: int = 0,
        days: float = 3,
        rehearsal: bool = False,
        lane: str = "gmail",
        tracking: str = "individual",
        **more: object,
    ) -> Campaign:
        started_at = NOW - timedelta(days=days)
        batch = Batch.objects.create(
            rehearsal=rehearsal,
            tracking=tracking,
            content_kind="edition",
            content_id=1,
            state=Batch.State.DONE,
            total=accepted,
            accepted=accepted,
            started_at=started_at,
            finished_at=started_at,
        )
        for kind, people in ((EventKind.CLICK, clicked), (EventKind.UNSUBSCRIBE, unsubscribed)):
            if people:
                Breakdown.objects.create(batch=batch, kind=kind, by="lane", value=lane, people=people, total=people)
                Rollup.objects.create(
                    batch=batch,
                    hour=started_at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1),
                    kind=kind,
                    is_machine=False,
                    people=people,
                    total=people,
                )
        given = {"sender_email": "news@nordlicht.example"} | more
        return Campaign.objects.create(name=name or f"Campaign {next(_ids)}", batch=batch, **given)

    return make


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return unescape(response.content.decode())


def table(client: Client, address: str) -> list[list[str]]:
    response = client.get(address)
    assert response["Content-Type"].startswith("text/csv")
    content = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(StringIO(content)))


def words(page: str) -> str:
    return " ".join(page.split())


@pytest.mark.parametrize("page", PAGES)
def test_pages_open_empty_for_a_viewer_and_send_a_stranger_to_the_login(browser: Client, page: str) -> None:
    assert "empty" in text(browser, page)
    answer = Client().get(page)
    assert answer.status_code == 302
    assert "/login" in answer["Location"]


@pytest.mark.parametrize("page", PAGES)
def test_nonsense_in_the_address_breaks_no_page(browser: Client, send: Send, page: str) -> None:
    send()
    nonsense = "?period=x&from=2026-99-99&to=%00&list=9999999999999999999999&tag=%00&mailbox=x&sort=x&page=-4"
    more = "&campaign=x&campaign=-1&campaign=99999999999999999999&days=7.5&of=x&by=x"
    if page != "/reports/lists/":
        text(browser, page + nonsense + more)
    text(browser, f"{page}?sort=-bogus&page=999{more}")


def test_reports_is_in_the_menu(browser: Client) -> None:
    assert 'href="/reports/" aria-current="page">Reports</a>' in words(text(browser, "/reports/"))


def test_campaigns_stand_in_rows_with_sums_and_rehearsals_do_not(browser: Client, send: Send) -> None:
    send("Spring", accepted=1000, clicked=50)
    send("Summer", accepted=3000, clicked=350)
    send("Trial", clicked=900, rehearsal=True)
    page = text(browser, "/reports/")
    said = "2 campaigns of the last 365 days: 4,000 mails delivered, of which 400 were clicked."
    assert said in words(page)
    assert "Trial" not in page
    header, *rows = table(browser, "/reports/?as=csv")
    assert [row[1] for row in rows] == ["Summer", "Spring", "All"]
    assert [row[header.index("Clicked %")] for row in rows] == ["11.67", "5.00", "10.00"]


def test_choices_are_a_sentence_and_narrow_the_rows(browser: Client, send: Send) -> None:
    news = MailingList.objects.create(name="News")
    chosen = send("Chosen", clicked=10, tags=["vip"], sender_email="anna@nordlicht.example")
    chosen.lists.add(news)
    send("Other", clicked=10)
    send("Long ago", days=200)
    for query, sentence in (
        (f"list={news.pk}", "1 campaign of the last 365 days to the list News"),
        ("tag=vip", "1 campaign of the last 365 days to people tagged “vip”"),
        ("sender=Anna@nordlicht.example", "1 campaign of the last 365 days from Anna@nordlicht.example"),
    ):
        page = words(text(browser, f"/reports/?{query}"))
        assert sentence in page
        assert "Chosen" in page
        assert "Other</bdi>" not in page
    assert "2 campaigns of the last 90 days" in words(text(browser, "/reports/?period=90"))
    since = (timezone.localdate() - timedelta(days=250)).isoformat()
    until = (timezone.localdate() - timedelta(days=150)).isoformat()
    assert "Long ago" in text(browser, f"/reports/?period=&from={since}&to={until}")
    assert "Chosen" not in text(browser, f"/reports/?period=&from={since}&to={until}")


def test_a_mailbox_provider_has_its_own_sums(browser: Client, send: Send) -> None:
    send(clicked=70, lane="gmail")
    send(clicked=30, lane="yahoo")
    header, *rows = table(browser, "/reports/?mailbox=yahoo&as=csv")
    assert rows[-1][header.index("Clicked")] == "30"
    assert "at Yahoo" in text(browser, "/reports/?mailbox=yahoo")


def test_columns_sort_both_ways(browser: Client, send: Send) -> None:
    for name, clicked in (("Few", 10), ("Many", 90), ("Some", 50)):
        send(name, clicked=clicked)
    assert [row[1] for row in table(browser, "/reports/?sort=-clicked&as=csv")[1:4]] == ["Many", "Some", "Few"]
    assert [row[1] for row in table(browser, "/reports/?sort=clicked&as=csv")[1:4]] == ["Few", "Some", "Many"]
    page = text(browser, "/reports/?sort=-clicked")
    assert 'aria-sort="descending"' in page
    assert 'href="?sort=clicked"' in page


def test_a_report_costs_as_many_queries_for_many_campaigns_as_for_few(browser: Client, send: Send) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            text(browser, "/reports/")
        return len(captured)

    send()
    queries()
    before = queries()
    for _ in range(60):
        send()
    assert queries() == before


def test_two_campaigns_side_by_side_say_which_is_better_in_words(browser: Client, send: Send) -> None:
    good, bad = send("Good", clicked=900, unsubscribed=21), send("Bad", clicked=300, unsubscribed=20)
    page = text(browser, f"/reports/compare/?campaign={good.pk}&campaign={bad.pk}")
    high, low = (page.index(f"{figure}\N{NO-BREAK SPACE}%") for figure in ("9.0", "3.0"))
    assert high < page.index(">best<") < low < page.index(">worst<")
    assert page.count("No difference: chance alone would bring such figures.") == 1  # unsubscribed
    assert "Too few people to tell a difference." in page  # spam
    rows = {row[0]: row[1:] for row in table(browser, f"/reports/compare/?campaign={good.pk}&campaign={bad.pk}&as=csv")}
    assert rows["Clicked"][:2] == ["900", "300"]
    assert rows["Clicked: best and worst"][:2] == ["best", "worst"]
    assert rows["Clicked within 1 h %"][:2] == ["0.00", "0.00"]
    assert rows["Clicked within 3 h %"][:2] == ["9.00", "3.00"]


def test_a_campaign_of_today_is_not_called_the_worst(browser: Client, send: Send) -> None:
    """Its people have not had the time that those of the other had."""
    old, new, going = send("Old", clicked=900), send("New", clicked=300, days=0.9), send("Going", clicked=100, days=2)
    Batch.objects.filter(pk__in=[going.batch_id or 0]).update(state=Batch.State.SENDING, finished_at=None)
    for young in (new, going):
        page = text(browser, f"/reports/compare/?campaign={old.pk}&campaign={young.pk}")
        assert "Too early to tell: not all of them were sent a day ago." in page
        assert ">best<" not in page
        assert ">worst<" not in page


def test_campaigns_that_do_not_count_by_person_are_not_counted_as_unread(browser: Client, send: Send) -> None:
    best, other = send("Best", accepted=10_000, clicked=900), send("Other", accepted=10_000, clicked=300)
    quiet = send("Quiet", accepted=20_000, unsubscribed=40, tracking="off")
    page = words(text(browser, "/reports/"))
    assert "20,000 of the delivered are of campaigns that do not count opens and clicks by person." in page
    header, *rows = table(browser, "/reports/?as=csv")
    added = dict(zip(header, rows[-1], strict=True))
    assert (added["Delivered"], added["Clicked %"], added["Unsubscribed %"]) == ("40000", "6.00", "0.10")
    chosen = "&".join(f"campaign={one.pk}" for one in (best, quiet, other))
    compared = table(browser, f"/reports/compare/?{chosen}&as=csv")
    assert next(row for row in compared if row[0] == "Clicked: best and worst")[1:4] == ["best", "", "worst"]
    assert "not counted" in text(browser, f"/reports/compare/?{chosen}")


def test_five_are_compared_and_what_is_no_real_campaign_is_left_out(browser: Client, send: Send) -> None:
    sent = [send(clicked=10) for _ in range(6)]
    query = "&".join(f"campaign={one.pk}" for one in sent)
    page = text(browser, f"/reports/compare/?{query}")
    assert "1 of those chosen is not here" in words(page)
    draft, rehearsed = Campaign.objects.create(name="Draft"), send("Trial", rehearsal=True)
    page = words(text(browser, f"/reports/compare/?campaign={draft.pk}&campaign={rehearsed.pk}&campaign={sent[0].pk}"))
    assert "2 of those chosen are not here" in page
    assert "Trial" not in page
    assert "Choose at least one more below." in page


def test_a_campaign_older_than_those_offered_stays_chosen_beside_them(
    browser: Client, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, _, latest = send("Harbour"), send("Inland"), send("Island")
    monkeypatch.setattr(compared, "_OFFERED", 1)
    page = BeautifulSoup(browser.get(f"/reports/compare/?campaign={old.pk}").content, "html.parser")
    offered = {str(box["value"]): box.has_attr("checked") for box in page.select("[name=campaign]")}
    assert offered == {str(latest.pk): False, str(old.pk): True}


def test_conversions_stand_beside_each_other_without_what_was_refunded(browser: Client, send: Send) -> None:
    first, second = send("Harbour", clicked=300), send("Inland", clicked=500)
    goal = Goal.objects.create(name="Order", currency="EUR")
    assert first.batch
    orders = (("A", "20.00", "5.00", False), ("B", "30.00", "30.00", True), ("C", "7.50", "0", False))
    for number, (order, worth, refunded, is_taken_back) in enumerate(orders):
        Conversion.objects.create(
            goal=goal,
            at=NOW,
            message_id=number + 1,
            batch_id=first.batch.pk,
            order=order,
            worth=worth,
            currency="EUR",
            refunded=refunded,
            refunded_at=NOW if refunded != "0" else None,
            is_taken_back=is_taken_back,
            via="server",
        )
    url = f"/reports/compare/?campaign={first.pk}&campaign={second.pk}"
    page = " ".join(re.sub(r"<[^>]+>", " ", browser.get(url).content.decode()).split()).replace("\u00a0", " ")
    assert "Order 2 EUR 22.50 refunds: 2 · EUR 35.00 –" in page
    rows = {row[0]: row[1:] for row in table(browser, f"{url}&as=csv")}
    assert rows["Order: worth in EUR"][:2] == ["22.50", "0"]


def test_campaigns_are_chosen_on_their_own_page(browser: Client, send: Send) -> None:
    one, trial = send(), send(rehearsal=True)
    assert "Compare the chosen" not in text(browser, "/campaigns/")
    send()
    page = text(browser, "/campaigns/")
    assert "Compare the chosen" in page
    assert f'value="{one.pk}"' in page
    assert f'value="{trial.pk}"' not in page


def test_lists_show_who_joined_left_and_bounced(browser: Client) -> None:
    news = MailingList.objects.create(name="News")
    people = [Contact.objects.create(email=f"p{number}@example.com") for number in range(5)]
    for person in people:
        consent.subscribe(person, lists=[news.pk], channel="hand")
    consent.unsubscribe(people[0], lists=[news.pk], channel="page")
    consent.suppress(people[1].email, Suppression.Reason.HARD_BOUNCE)
    folding.fold()
    header, row = table(browser, "/reports/lists/?as=csv")
    assert dict(zip(header, row, strict=True)) == {
        "List": "News",
        "Joined": "5",
        "Left": "1",
        "Out of reach": "1",
        "Net": "3",
        "Total": "3",
    }
    Subscription.objects.update(created_at=timezone.now())  # at once is a second: a busy machine takes longer
    counting.recount()
    said = "3 people can be reached by any list, +3 in the last 90 days: 3 came, 0 went."  # not who went at once
    assert said in words(text(browser, "/reports/lists/"))
    page = words(text(browser, f"/reports/lists/?list={news.pk}&days=30"))
    assert (
        "3 people can be reached, +3 in the last 30 days: 5 joined, 1 left, 1 bounced, was suppressed or agreed" in page
    )
    assert "Back in reach" not in page
    assert len(table(browser, f"/reports/lists/?list={news.pk}&days=30&by=day&as=csv")) == 31
    assert browser.get("/reports/lists/?list=999").status_code == 404


def test_a_list_by_week_and_month_has_a_chart_and_the_same_in_a_table(browser: Client) -> None:
    news = MailingList.objects.create(name="News")
    ListDay.objects.create(list=news, on=timezone.localdate() - timedelta(days=20), joined=40)
    for by in ("week", "month"):
        page = text(browser, f"/reports/lists/?list={news.pk}&days=90&by={by}")
        assert "data-chart" in page
        assert '"Joined"' in page
        assert 'data-label="joined">40' in page


def test_cohorts_show_shares_fractions_of_few_and_honest_gaps(browser: Client) -> None:
    this_month = timezone.localdate().replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    before = (last_month - timedelta(days=1)).replace(day=1)
    Cohort.objects.create(joined=before, month=before, mailed=200, clicked=30)
    Cohort.objects.create(joined=before, month=this_month, mailed=7, clicked=2)
    Cohort.objects.create(joined=this_month, month=this_month, mailed=50, clicked=5)
    page = words(text(browser, "/reports/sign-ups/"))
    assert "15.0 %</td>" in page
    assert "2/7" in page
    assert f"{last_month:%B %Y}: nobody of them was mailed" in page
    assert f"{this_month:%B %Y}: 5 of 50 clicked" in page
    assert len(table(browser, "/reports/sign-ups/?as=csv")) == 4


def test_hours_say_when_there_is_too_little_and_where_most_clicks_come(browser: Client, send: Send) -> None:
    send(clicked=500)
    page = words(text(browser, "/reports/hours/"))
    assert "Too little to plan by: 500 people in 1 campaign." in page
    assert "100.0</td>" in page
    assert "in the time of Europe/Berlin" in page
    rows = table(browser, "/reports/hours/?as=csv")
    assert len(rows) == 1 + 7 * 24
    assert sum(int(row[3]) for row in rows[1:]) == 500
    for _ in range(9):
        send(clicked=500)
    assert "Too little" not in text(browser, "/reports/hours/")
    assert "Nothing to tell yet" in text(browser, "/reports/hours/?of=opens")


def test_names_are_shown_and_never_run(browser: Client, send: Send) -> None:
    hostile = MailingList.objects.create(name=SCRIPT)
    first, second = send(SCRIPT, clicked=300, tags=[SCRIPT]), send(SCRIPT, clicked=200, sender_email="=cmd()|x")
    first.lists.add(hostile)
    compare = f"/reports/compare/?campaign={first.pk}&campaign={second.pk}"
    for address in (
        "/reports/",
        f"/reports/?list={hostile.pk}&tag={SCRIPT}",
        compare,
        f"/reports/lists/?list={hostile.pk}",
    ):
        assert SCRIPT.encode() not in browser.get(address).content
    assert "'=cmd()|x" in [row[3] for row in table(browser, "/reports/?as=csv")]


def test_a_month_of_dates_is_read_in_the_time_of_the_organisation(browser: Client, send: Send) -> None:
    late = send("New year")
    Batch.objects.filter(pk=late.batch_id or 0).update(started_at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    assert "New year" in text(browser, "/reports/?from=2026-01-01&to=2026-01-01")
