"""The morning page: what it shows, whom, at which cost, and that nothing on it moves for nothing."""

import csv
import html
import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from campaigns.models import Campaign
from campaigns.morning import stopped
from campaigns.sample_data import samples
from campaigns.sending import launching
from contacts.models import Contact, ImportJob, Subscription
from contacts.reach import counting
from delivery.ledger import ids
from delivery.models import Batch, FeedbackCount, FeedbackHour, Message, MessageState, Provider, Waiting
from tests.campaigns import letters
from tracking.models import Breakdown, EventKind, Hourly

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]


@pytest.fixture
def campaign(marketer: User) -> Campaign:
    return letters.draft(marketer, letters.readers("Ana", "Ben"))


def home(client: Client, query: str = "", *, part: str = "") -> Any:
    headers = {"HX-Request": "true", "HX-Target": part} if part else {}
    return client.get(f"/{query}", headers=headers)


def text(client: Client, query: str = "", *, part: str = "") -> str:
    return " ".join(home(client, query, part=part).content.decode().split())


def launched(by: User, name: str, **changes: Any) -> Campaign:
    """Real, sent two days ago unless `changes` of its batch say otherwise."""
    sent_at = timezone.now() - timedelta(days=2)
    batch = Batch.objects.create(
        **{
            "rehearsal": False,
            "content_kind": "edition",
            "content_id": 1,
            "state": "done",
            "total": 100,
            "accepted": 100,
            "built_at": sent_at,
            "started_at": sent_at,
            "finished_at": sent_at,
            "provider": Provider.objects.sandbox(),
        }
        | changes
    )
    return letters.draft(by, name=name, batch=batch)


def clicks(campaign: Campaign, people: int) -> None:
    """As the intake would have counted them."""
    batch = campaign.batch
    assert batch
    assert batch.started_at
    Breakdown.objects.create(
        batch=batch, kind=EventKind.CLICK, by="lane", value="other", total=people, people=people, is_machine=False
    )
    hour = batch.started_at.replace(minute=0, second=0, microsecond=0)
    Hourly.objects.create(hour=hour, kind=EventKind.CLICK, is_machine=False, total=people, people=people)
    Hourly.objects.create(hour=hour, kind=EventKind.CLICK, is_machine=True, total=900, people=900)


def test_what_is_sent_shows_its_tally_its_rate_and_one_button(
    client_for: Browse, marketer: User, viewer: User, campaign: Campaign
) -> None:
    launched(marketer, "Autumn", state="sending", total=400, accepted=150, pending=250, finished_at=None, speed=25.0)
    page = text(client_for(marketer))
    assert "150 of 400 accepted" in page
    assert "25 a second, done about" in page
    assert 'aria-label="Pause Autumn"' in page
    assert "Pause" not in text(client_for(viewer))


def test_what_nobody_carries_waits_and_is_not_called_done_soon(client_for: Browse, marketer: User) -> None:
    relay = Provider.objects.create(name="Relay", host="mail.example", state="paused")
    under_way = {"state": "sending", "total": 400, "accepted": 150, "pending": 250, "finished_at": None, "speed": 25.0}
    found = launched(marketer, "Autumn", provider=relay, **under_way)
    client = client_for(marketer)
    own = " ".join(client.get(found.get_absolute_url()).content.decode().split())
    for page in (text(client), own):
        assert "Relay is paused." in page
        assert "done about" not in page
        assert "25 a second" not in page
    (row,) = file_of(client, "now")
    assert (float(row["A second"]), row["Ends about"]) == (0, "")
    Provider.objects.update(state="active")
    assert "25 a second, done about" in text(client)
    (row,) = file_of(client, "now")
    assert float(row["A second"]) == 25
    assert row["Ends about"]


def test_what_a_person_paused_goes_on_from_home_and_what_stopped_itself_is_looked_at(
    client_for: Browse, marketer: User, viewer: User
) -> None:
    by_hand = launched(marketer, "By hand", state="paused", state_reason="Paused by Mia", finished_at=None)
    launched(marketer, "Alone", state="paused", stop_rule="hard", state_reason="41 do not exist", finished_at=None)
    page = text(client_for(marketer))
    assert reverse("campaign-resume", args=[by_hand.pk]) in page
    assert page.count('action="/campaigns/') == 1
    assert "By itself: 41 do not exist" in page
    assert 'action="/campaigns/' not in text(client_for(viewer))


def test_what_did_not_begin_though_nobody_paused_it_is_looked_at(client_for: Browse, marketer: User) -> None:
    """Such as one that was held ready while Tallypost was not running."""
    not_begun: dict[str, Any] = {"state": "paused", "started_at": None, "finished_at": None}
    by_hand = launched(marketer, "By hand", state_reason="Paused by Mia", accepted_when_paused=0, **not_begun)
    late = launched(marketer, "Late", state_reason="It was due at 10:00", **not_begun)
    page = text(client_for(marketer))
    assert "By itself: It was due at 10:00" in page
    assert reverse("campaign-resume", args=[by_hand.pk]) in page
    assert page.count('action="/campaigns/') == 1
    (problem,) = stopped.problems(marketer)
    assert (problem.title, problem.url) == ("“Late” did not start", late.get_absolute_url())


def test_page_that_asks_again_gets_nothing_until_something_changed(
    client_for: Browse, marketer: User, viewer: User
) -> None:
    launched(marketer, "Autumn", state="sending", total=400, accepted=150, pending=250, finished_at=None)
    client = client_for(marketer)
    addresses = {part: address_of(client, part) for part in ("now", "rest", "trend")}
    for part, address in addresses.items():
        assert home(client, address, part=part).status_code == 204, part
    Batch.objects.filter(state="sending").update(accepted=200, pending=200)
    answer = home(client, addresses["now"], part="now")
    assert "200 of 400 accepted" in answer.content.decode()
    assert "HX-Trigger" not in answer.headers
    assert home(client, addresses["rest"], part="rest").status_code == 204


def test_rest_of_the_page_is_asked_for_once_a_campaign_ends(client_for: Browse, marketer: User) -> None:
    launched(marketer, "Autumn", state="sending", finished_at=None)
    client = client_for(marketer)
    now, rest = address_of(client, "now"), address_of(client, "rest")
    Batch.objects.filter(state="sending").update(state="done", finished_at=timezone.now())
    assert home(client, now, part="now").headers["HX-Trigger"] == "home-news"
    assert "Last campaigns" in text(client, rest, part="rest")


def test_last_campaigns_say_how_they_compare(client_for: Browse, marketer: User) -> None:
    for number, people in enumerate((10, 11, 9, 40)):
        clicks(launched(marketer, f"Letter {number}", total=1000, accepted=1000), people)
    page = text(client_for(marketer))
    assert "4.0 % of 1,000 people clicked: 3.0 points above your last three" in page
    assert page.index("Letter 3") < page.index("Letter 0")


def test_a_campaign_that_is_not_counted_by_person_is_no_campaign_that_nobody_clicked_in(
    client_for: Browse, marketer: User
) -> None:
    for number, people in enumerate((10, 11, 9)):
        clicks(launched(marketer, f"Letter {number}", total=1000, accepted=1000), people)
    launched(marketer, "Quiet", total=1000, accepted=1000, tracking="off")
    clicks(launched(marketer, "Last", total=1000, accepted=1000), 10)
    page = text(client_for(marketer))
    assert "Not measured: it was sent without tracking. Nobody unsubscribed, about as usual." in page
    assert "1.0 % of 1,000 people clicked: about as usual, your last three had 1.0 %" in page
    assert "Shares are of these, of opens and clicks of the 4,000 that are counted by person." in page
    assert '<span class="muted">1.0 %</span>' in page  # 40 of 4,000, not of 5,000


def test_everything_that_needs_somebody_has_its_cause_and_one_button(
    client_for: Browse, admin: User, marketer: User, viewer: User
) -> None:
    relay = Provider.objects.create(name="Relay", host="mail.example")
    relay.make_default()
    Provider.objects.filter(pk=relay.pk).update(state="paused", state_reason="Invoice not paid")
    now = timezone.now()
    ImportJob.objects.create(
        file_name="old.csv", state="failed", problem="No addresses", finished_at=now, created_by=marketer
    )
    ImportJob.objects.create(
        file_name="slow.csv", state="running", rows_done=5, rows_total=90, alive_at=now - timedelta(minutes=9)
    )
    undecided = launched(marketer, "Autumn", total=2, accepted=1, uncertain=1, started_at=now)
    assert undecided.batch
    message = Message.objects.create(
        id=ids.reserve(1), batch=undecided.batch, email="ana@example.org", state=MessageState.UNCERTAIN
    )
    Waiting.objects.create(
        message_id=message.pk, batch=undecided.batch, state=MessageState.UNCERTAIN, category="network"
    )
    page = needs(text(client_for(admin)))
    assert page.count("Relay") == 1
    for cause in ("Invoice not paid", "No addresses", "It stands at 5 of 90 rows", "may have got “Autumn” or not"):
        assert cause in page
    assert page.count('class="notice-action"') == page.count("<li>") == 4
    assert needs(text(client_for(marketer))).count('class="notice-action"') == 3  # an admin sees to the provider
    assert needs(text(client_for(viewer))).count('class="notice-action"') == 1  # who is uncertain may be read


def test_complaints_are_told_before_mailbox_providers_refuse(client_for: Browse, marketer: User) -> None:
    launched(marketer, "Autumn", total=5000, accepted=5000)
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    FeedbackHour.objects.create(hour=hour, complained=4)
    client = client_for(marketer)
    assert "marked as spam" not in needs(text(client))
    FeedbackHour.objects.update(complained=6)
    page = needs(text(client))
    assert "6 of 5,000 mails (0.12 %) were marked as spam" in page
    assert "notice-warn" in page
    FeedbackHour.objects.update(complained=20)
    assert "notice-bad" in needs(text(client))


def test_trend_leaves_machines_out_and_says_the_same_in_a_table(client_for: Browse, marketer: User) -> None:
    campaign = launched(marketer, "Autumn")
    clicks(campaign, 12)
    FeedbackHour.objects.create(
        hour=timezone.now().replace(minute=0, second=0, microsecond=0), hard=2, soft=1, complained=1
    )
    response = home(client_for(marketer))
    trend = response.context["trend"]
    assert trend.totals == {
        "accepted": 100,
        "opened": 0,
        "clicked": 12,
        "unsubscribed": 0,
        "bounced": 3,
        "complained": 1,
    }
    assert len(trend.points) == 30
    page = " ".join(response.content.decode().split())
    assert '<td class="num" data-label="clicked">12</td>' in page


def test_trend_changes_its_time_and_its_lines_by_address(client_for: Browse, marketer: User) -> None:
    clicks(launched(marketer, "Autumn"), 12)
    client = client_for(marketer)
    fragment = text(client, "?days=365&without=opened", part="trend")
    assert "Week from" in fragment
    assert "Show</span> Opened" in fragment
    assert "Hide</span> Clicked" in fragment
    assert '"key": "opened"' not in fragment.replace("&quot;", '"')
    assert '"key": "clicked"' in fragment.replace("&quot;", '"')
    whole = home(client, "?days=365&without=opened")
    assert whole.context["trend"].days == 365
    assert len(whole.context["trend"].points) in (53, 54)
    assert home(client, "?days=nonsense&without=nothing").context["trend"].days == 30


def test_trend_follows_what_people_do_as_it_is_looked_at(client_for: Browse, marketer: User) -> None:
    clicks(launched(marketer, "Autumn"), 12)
    client = client_for(marketer)
    shown = address_of(client, "trend", "?days=90&without=opened")
    assert home(client, shown, part="trend").status_code == 204
    Hourly.objects.filter(is_machine=False).update(people=15)
    fragment = text(client, shown, part="trend")
    assert 'data-label="clicked">15</td>' in fragment
    assert "by the week" in fragment
    assert "Show</span> Opened" in fragment


def test_trend_is_taken_along_as_a_table_with_all_its_lines(client_for: Browse, viewer: User, marketer: User) -> None:
    clicks(launched(marketer, "Autumn"), 12)
    answer = home(client_for(viewer), "?days=90&without=clicked&as=csv")
    header, *rows = csv.reader(StringIO(b"".join(answer).decode("utf-8-sig")))
    assert header == ["Week from", "Accepted", "Opened", "Clicked", "Unsubscribed", "Bounced", "Marked as spam"]
    assert [sum(int(row[at]) for row in rows) for at in (1, 3)] == [100, 12]


def file_of(client: Client, name: str) -> list[dict[str, str]]:
    """The table of Home that the page itself leads to by that name."""
    (address,) = re.findall(rf'href="([^"]+)" download id="{name}-csv"', text(client))
    address = html.unescape(address)
    return list(csv.DictReader(StringIO(b"".join(home(client, address)).decode("utf-8-sig"))))


def test_what_is_on_its_way_and_the_last_campaigns_are_taken_along(
    client_for: Browse, viewer: User, marketer: User
) -> None:
    clicks(launched(marketer, "Autumn"), 12)
    (row,) = file_of(client_for(viewer), "last")
    assert (row["Campaign"], row["People"], row["Accepted"], row["Clicked"]) == ("Autumn", "100", "100", "12")
    launched(marketer, "Winter", state="sending", finished_at=None)
    (row,) = file_of(client_for(viewer), "now")
    assert (row["Campaign"], row["State"], row["Accepted"]) == ("Winter", "Sending", "100")
    assert home(client_for(viewer), "?as=csv&table=nonsense").status_code == 404


def test_planned_rehearsal_says_that_it_is_one(client_for: Browse, viewer: User, marketer: User) -> None:
    planned = {"state": "held", "not_before": timezone.now() + timedelta(days=1), "started_at": None}
    launched(marketer, "Real", **planned)
    assert "as a rehearsal" not in text(client_for(viewer))
    launched(marketer, "Tried", **planned, rehearsal=True)
    page = text(client_for(viewer))
    assert page.count(">Starts ") == 2
    assert page.count(", as a rehearsal</p>") == 1
    said = {row["Campaign"]: row["State"] for row in file_of(client_for(viewer), "now")}
    assert said == {"Real": "Scheduled", "Tried": "Scheduled, rehearsal"}


def test_days_of_the_trend_are_those_of_the_organisation(client_for: Browse, marketer: User, organisation: Any) -> None:
    organisation.time_zone = "Pacific/Auckland"
    organisation.save()
    late = (timezone.now() - timedelta(days=3)).replace(hour=20, minute=0, second=0, microsecond=0)
    Hourly.objects.create(hour=late, kind=EventKind.OPEN, is_machine=False, total=1, people=1)
    points = home(client_for(marketer)).context["trend"].points
    (day,) = [point.on for point in points if point.opened]
    assert day == late.date() + timedelta(days=1)


def test_audience_says_who_joined_and_who_left(client_for: Browse, viewer: User) -> None:
    letters.readers("Ana", "Ben", "Cleo")
    Subscription.objects.update(created_at=timezone.now() - timedelta(days=50))
    letters.readers("Dora")
    Subscription.objects.filter(contact__email="ana@example.org").update(
        state="unsubscribed", changed_at=timezone.now()
    )
    client = client_for(viewer)
    assert "can be" not in text(client)
    counting.recount()
    page = text(client)
    assert "3 people can be" in page
    assert '<td class="num" data-label="change"><strong>0</strong></td>' in page
    assert '<td class="num" data-label="left">33.3 %</td>' in page
    row, _ = file_of(client, "audience")
    assert [row[name] for name in ("Days", "Joined", "Unsubscribed", "Change", "Left, share")] == [
        *("30", "1", "1", "0", "0.333333"),
    ]


def test_new_installation_has_one_next_step(
    client_for: Browse, owner: User, viewer: User, campaign: Campaign, organisation: Organisation
) -> None:
    samples.begin(organisation=organisation, owner=owner, with_sample=False)
    client = client_for(owner)
    assert "Send yourself the first mail" in text(client)
    launching.launch(campaign, by=owner)
    Contact.objects.all().delete()
    page = text(client)
    assert page.count("Import people") == 1
    assert page.count("btn-primary") == 1  # of New campaign and this step only one leads on
    assert "Import people" not in text(client_for(viewer))


def test_empty_home_explains_itself(client_for: Browse, marketer: User, viewer: User) -> None:
    page = text(client_for(marketer))
    assert "A quiet morning" in page
    assert "Import people" in page
    assert "Write the first campaign" not in page  # one step at a time
    letters.readers("Ana")
    Provider.objects.create(name="Relay", host="mail.example")
    assert "Write the first campaign" in text(client_for(marketer))
    seen = text(client_for(viewer))
    assert "A quiet morning" in seen
    assert "Write the first campaign" not in seen


def test_home_costs_the_same_however_much_there_is(client_for: Browse, marketer: User) -> None:
    client = client_for(marketer)

    def fill(campaigns: int) -> None:
        for number in range(campaigns):
            found = launched(marketer, f"Letter {number}")
            clicks(found, 3)
            assert found.batch
            FeedbackCount.objects.create(batch=found.batch, lane="other", hard=1)
        for number in range(campaigns):
            launched(marketer, f"Under way {number}", state="sending", finished_at=None, speed=1.0, pending=5)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert home(client).status_code == 200
        assert not [query for query in found if "tracking_event" in query["sql"] or "delivery_message" in query["sql"]]
        return len(found)

    fill(6)
    cost()
    few = cost()
    fill(15)
    assert cost() <= few
    assert few <= 33


def address_of(client: Client, part: str, query: str = "") -> str:
    found = re.search(rf'id="{part}"\s+hx-get="/([^"]*)"', home(client, query).content.decode())
    assert found
    return found[1].replace("&amp;", "&")


def needs(page: str) -> str:
    _, _, rest = page.partition('<ul class="needs">')
    return rest.partition("</ul>")[0]
