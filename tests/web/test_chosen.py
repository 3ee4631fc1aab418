"""Rows of a table that are ticked, while one turns its pages, sorts it, looks for others, and acts on them."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from campaigns.models import Campaign, Image
from contacts.models import Contact
from delivery.models import Batch, Message, MessageState, Waiting
from tests.web import stage
from tests.web.browser import Visitor, visitor
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> None:
    """A page and a half, the last one in front."""
    for number in range(75):
        Contact.objects.create(email=f"p{number:02}@readers.example")


@pytest.fixture
def pictures() -> None:
    for number in range(60):
        stored = {"storage_name": f"{number:a<22}.png", "width": 40, "height": 20, "size_bytes": 900}
        Image.objects.create(name=f"picture-{number:02}", alt="A blue field", **stored)


@pytest.fixture
def campaigns() -> None:
    for number in range(35):
        batch = Batch.objects.create(content_id=0, rehearsal=False, state=Batch.State.DONE, started_at=timezone.now())
        Campaign.objects.create(name=f"Letter {number}", batch=batch)


@pytest.fixture
def doubts() -> str:
    """The page of those who may have the mail, a page and a bit."""
    of = {"content_id": 0, "rehearsal": False, "state": Batch.State.DONE, "started_at": timezone.now()}
    batch = Batch.objects.create(first_id=1, last_id=55, total=55, uncertain=55, **of)
    made = range(1, 56)
    state = MessageState.UNCERTAIN
    Message.objects.bulk_create(
        Message(id=n, batch=batch, email=f"p{n:02}@readers.example", state=state, attempts=1) for n in made
    )
    Waiting.objects.bulk_create(Waiting(message_id=n, batch=batch, state=state, category="network") for n in made)
    return f"{reverse('batch-people', args=[batch.pk])}?term=uncertain"


@pytest.fixture
def visit(live_server: LiveServer, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    session = Cast(Role.OWNER).browser().cookies["sessionid"].value
    for name in {"people", "pictures", "campaigns", "doubts"} & set(request.fixturenames):
        request.getfixturevalue(name)
    with visitor(live_server.url, session) as visit:
        yield visit
        assert not visit.found, "\n" + "\n".join(visit.found)


def says(page: Page, words: str) -> None:
    expect(page.locator("[data-chosen-count]")).to_have_text(words)


def tick(page: Page, *numbers: int) -> None:
    for number in numbers:
        page.get_by_label(f"p{number:02}@readers.example").check()


def turn(page: Page, to: str) -> None:
    page.get_by_role("link", name=to, exact=True).click()


def test_who_is_ticked_stays_so_on_other_pages_and_sorted_and_exactly_those_are_changed(
    people: None, visit: Visitor
) -> None:
    page = visit.page
    page.goto("/contacts/")
    expect(page.locator("[data-chosen-bar]")).to_be_hidden()
    tick(page, 74, 60)
    says(page, "2 chosen")
    turn(page, "Next")
    says(page, "2 chosen, on other pages")
    tick(page, 3)
    says(page, "3 chosen, 1 of them on this page")
    visit.look("ticked on two pages")
    turn(page, "Previous")
    says(page, "3 chosen, 2 of them on this page")
    page.goto("/contacts/?sort=email")
    says(page, "3 chosen, 1 of them on this page")
    expect(page.get_by_label("p03@readers.example")).to_be_checked()
    page.get_by_label("p03@readers.example").uncheck()
    tick(page, 4)
    page.get_by_label("What to do with them").select_option("add-tag")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Add a tag: 3 people")).to_be_visible()
    turn(page, "Back")
    says(page, "3 chosen, 1 of them on this page")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Add a tag: 3 people").click()
    expect(page.locator(".errors")).to_be_visible()
    turn(page, "Back")
    says(page, "3 chosen, 1 of them on this page")
    page.get_by_label("What to do with them").select_option("add-tag")
    page.get_by_role("button", name="Go on").click()
    page.locator("[name=do-tag]").fill("fair")
    page.get_by_role("button", name="Add a tag: 3 people").click()
    expect(page.get_by_text("Done for 3 people.")).to_be_visible()
    expect(page.locator("[data-chosen-bar]")).to_be_hidden()
    page.goto("/contacts/?tag=fair")
    for number in (74, 60, 4):
        expect(page.get_by_label(f"p{number:02}@readers.example")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(3)


def test_ticks_end_with_one_press_and_a_whole_page_is_ticked_with_another(people: None, visit: Visitor) -> None:
    page = visit.page
    page.goto("/contacts/")
    page.get_by_label("All on this page").focus()
    page.keyboard.press("Space")
    says(page, "50 chosen")
    turn(page, "Next")
    says(page, "50 chosen, on other pages")
    page.get_by_role("button", name="Choose none").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-chosen-bar]")).to_be_hidden()
    expect(page.locator("[name=chosen]").first).to_be_focused()
    turn(page, "Previous")
    expect(page.locator("[name=chosen]:checked")).to_have_count(0)
    page.get_by_label("p74@readers.example").check()
    page.get_by_label("All 75 people").check()
    turn(page, "Next")
    expect(page.get_by_label("All 75 people")).to_be_checked()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="75 people")).to_be_visible()


def test_who_looks_for_others_is_told_that_nobody_there_is_ticked_and_finds_the_ticks_again(
    people: None, visit: Visitor
) -> None:
    page = visit.page
    page.goto("/contacts/?sort=email")
    tick(page, 1, 2)
    page.get_by_role("searchbox").first.fill("p7")
    page.keyboard.press("Enter")
    words = page.get_by_text("2 were chosen before you looked for others: nothing here is.")
    expect(words).to_be_visible()
    expect(page.locator("[data-chosen-bar]")).to_be_hidden()
    visit.look("others are shown")
    turn(page, "Back to them")
    says(page, "2 chosen")
    page.goto("/contacts/?q=p7")
    expect(words).to_be_hidden()
    tick(page, 71)
    says(page, "1 chosen")
    page.goto("/contacts/")
    expect(page.get_by_text("1 was chosen before you looked for others")).to_be_visible()


def test_pictures_of_two_pages_are_moved_together_and_a_refusal_keeps_them_ticked(
    pictures: None, visit: Visitor
) -> None:
    page = visit.page
    drawn = stage.picture().read()
    page.route("**/i/*", lambda route: route.fulfill(body=drawn, content_type="image/png"))
    page.goto("/images/")
    page.get_by_label("Choose picture-59").check()
    turn(page, "Next")
    page.get_by_label("Choose picture-00").check()
    says(page, "2 chosen, 1 of them on this page")
    page.get_by_label("Or a new folder").evaluate("field => field.removeAttribute('maxlength')")
    page.get_by_label("Or a new folder").fill("x" * 81)
    page.get_by_role("button", name="Move them").click()
    expect(page.locator(".errors")).to_be_visible()
    says(page, "2 chosen")
    page.get_by_label("Or a new folder").fill("Spring")
    page.get_by_role("button", name="Move them").click()
    expect(page.get_by_text("2 pictures moved into “Spring”.")).to_be_visible()
    expect(page.locator(".shelf > li")).to_have_count(2)
    expect(page.locator("[data-chosen-bar]")).to_be_hidden()


def test_pictures_stay_ticked_when_the_session_had_ended_before_they_were_moved(
    pictures: None, visit: Visitor, live_server: LiveServer
) -> None:
    page = visit.page
    drawn = stage.picture().read()
    page.route("**/i/*", lambda route: route.fulfill(body=drawn, content_type="image/png"))
    page.goto("/images/")
    page.get_by_label("Choose picture-59").check()
    turn(page, "Next")
    page.get_by_label("Choose picture-00").check()
    session = next(cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Move them").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.context.add_cookies([{"name": "sessionid", "value": session["value"], "url": live_server.url}])
    page.goto("/images/")
    says(page, "2 chosen, 1 of them on this page")


def test_campaigns_of_two_pages_are_compared_and_no_more_than_five(campaigns: None, visit: Visitor) -> None:
    page = visit.page
    page.goto("/campaigns/")
    for number in range(5):
        if number == 3:
            turn(page, "Next")
        page.get_by_label(f"Compare Letter {34 - 10 * number if number < 3 else 5 - number}", exact=True).check()
    says(page, "5 chosen, 2 of them on this page")
    page.get_by_label("Compare Letter 0", exact=True).click()
    says(page, "5 chosen, 2 of them on this page. More than 5 do not go at once.")
    expect(page.get_by_label("Compare Letter 0", exact=True)).not_to_be_checked()
    page.get_by_role("button", name="Compare the chosen").click()
    expect(page.locator("table.compare thead").first.get_by_role("link")).to_have_count(5)


def test_mails_that_may_have_arrived_are_decided_about_over_two_pages(doubts: str, visit: Visitor) -> None:
    page = visit.page
    page.goto(doubts)
    tick(page, 7)
    turn(page, "Next")
    says(page, "1 chosen, on another page")
    tick(page, 53, 54)
    page.get_by_role("button", name="Send again…").click()
    expect(page.get_by_role("heading", name="Send again to 3 people?")).to_be_visible()
    turn(page, "Not now")
    says(page, "3 chosen, 1 of them on this page")
    page.get_by_role("button", name="Send again…").click()
    page.get_by_role("button", name="Send again to 3 people").click()
    expect(page.get_by_text("Nothing is sent again. The provider it went through has been removed.")).to_be_visible()
    says(page, "3 chosen, 1 of them on this page")
    visit.look("refused, and still ticked")
    page.get_by_role("button", name="Leave as it is").click()
    expect(page.get_by_text("Left as it is for 3 people.")).to_be_visible()
    says(page, "With the chosen")
