"""A sign-up from the form to the list, and what strangers can do to other people's addresses with it."""

import html
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.db.models.signals import pre_save
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation, User
from contacts import audience, consent, timeline
from contacts.models import (
    ConsentEvent,
    Contact,
    Field,
    MailingList,
    SignupForm,
    SignupRequest,
    Subscription,
    Suppression,
)
from contacts.preferences import pausing
from contacts.signup import asking, confirming, counting, sweeping
from contacts.signup.asking import Answers, Visitor
from contacts.signup.models import SignupLetter
from contacts.signup.robots import stamps
from contacts.signup.signals import mail_wanted
from contacts.suppression import of_lists
from contacts.their_data import collecting
from delivery import content, tokens
from delivery.content import Recipient
from delivery.linter import lint
from delivery.models import Message, Provider
from tests.tracking.reading import english_in, seen

pytestmark = pytest.mark.usefixtures("organisation")


@pytest.fixture(autouse=True)
def way_out(db: None) -> Iterator[Provider]:
    cache.clear()
    Provider.objects.filter(is_default=True).update(is_default=False)
    yield Provider.objects.create(name="Relay", host="127.0.0.1", port=9, security="none", is_default=True)
    cache.clear()


@pytest.fixture
def news(db: None) -> MailingList:
    return MailingList.objects.create(name="News", public_name="The monthly news")


@pytest.fixture
def form(news: MailingList) -> SignupForm:
    made = SignupForm.objects.create(name="On the site", fields=[{"key": "first_name", "required": False}])
    made.lists.add(news)
    return made


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def post(browser: Client, form: SignupForm, email: str, ip: str = "192.0.2.1", **more: Any) -> Any:
    """As the page sends it, by somebody who took a while to fill it in."""
    stamp = {} if "stamp" in more else {"stamp": seasoned(form)}
    return browser.post(f"/f/{form.key}", {"email": email, **stamp, **more}, REMOTE_ADDR=ip)


def seasoned(form: SignupForm) -> str:
    """A stamp of a minute ago."""
    return signing.Signer(salt=f"signup {form.key}").sign(f"s:{signing.b62_encode(int(time.time()) - 60)}")


def post_at_once(browser: Client, form: SignupForm, email: str, **more: Any) -> Any:
    """As soon as the page shows the form, which a busy machine is slow at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stamps, "QUICKEST", timedelta(hours=1))
        return post(browser, form, email, stamp=stamps.new(form.key), **more)


def confirm_address(number: int = -1) -> str:
    letters = SignupLetter.objects.filter(kind="confirm").order_by("message_id")
    return f"/y/{tokens.seal(tokens.CONFIRM, list(letters)[number].message_id)}"


def state(email: str, of: MailingList) -> str:
    return str(Subscription.objects.get(contact__email=email, list=of).state)


def mailed(of: MailingList) -> int:
    return audience.summary(audience.Audience(lists=(of.pk,))).will_receive


def test_nobody_is_on_a_list_before_the_button_of_the_mail_s_page(
    browser: Client, form: SignupForm, news: MailingList
) -> None:
    page = browser.get(f"/f/{form.key}", HTTP_ACCEPT_LANGUAGE="de")
    assert "Anmelden" in page.content.decode()
    assert not page.cookies
    assert b"<script" not in page.content
    answer = browser.post(
        f"/f/{form.key}",
        {"email": "Ada@Example.com", "first_name": "Ada", "stamp": seasoned(form)},
        HTTP_ACCEPT_LANGUAGE="de",
        HTTP_ORIGIN="https://shop.example",
        REMOTE_ADDR="192.0.2.9",
    )
    assert "Vielen Dank" in answer.content.decode()
    assert not Contact.objects.exists()
    assert mailed(news) == 0
    message = Message.objects.get()
    compiled = content.load(message.batch)
    raw = compiled.build(Recipient(message.id, None, message.email, {}, opens=False, clicks=False))
    assert lint(raw, marketing=False) == []
    assert b"Auto-Submitted: auto-generated" in raw
    assert "bestätigen" in compiled.parts(Recipient(message.id, None, message.email, {}, False, False)).subject

    address = confirm_address()
    for _ in range(3):
        looked = browser.get(address)
        assert "The monthly news" in looked.content.decode()
    browser.head(address)
    assert not Contact.objects.exists()
    assert browser.post(address).status_code == 200  # without a list ticked nothing happens
    assert not Contact.objects.exists()
    done = browser.post(address, {"lists": news.pk}, REMOTE_ADDR="192.0.2.10")
    assert "Sie sind angemeldet" in done.content.decode()
    person = Contact.objects.get()
    assert (person.email, person.first_name, person.source) == ("Ada@example.com", "Ada", "Form: On the site")
    assert person.guessed_language == "de"
    assert (state(person.email, news), mailed(news)) == ("subscribed", 1)
    asked, given = ConsentEvent.objects.order_by("id")
    assert (asked.kind, asked.ip, given.kind, given.ip) == ("asked", "192.0.2.9", "given", "192.0.2.10")
    assert asked.at < given.at
    assert {asked.channel, given.channel} == {"form"}
    assert "on shop.example: Mit der Anmeldung bitten Sie Nordlicht Books" in given.text
    assert any("Asked for News by a sign-up form" in entry.title for entry in timeline.entries(person))
    browser.post(address, {"lists": news.pk})
    assert ConsentEvent.objects.count() == 2
    assert counting.sums(form) == {"asked": 1, "confirmed": 1, "expired": 0, "refused": 0}


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_a_stranger_signs_up_in_their_own_language(form: SignupForm, news: MailingList, language: str) -> None:
    """What the team has written itself is shown as it is; all other words are the visitor's."""
    form.lists.add(MailingList.objects.create(name="Readings"))
    form.visitor_chooses = form.asks_counting = True
    form.save()
    browser = Client(headers={"Accept-Language": f"{language}, en;q=0.5"})
    chosen: dict[str, Any] = {"lists": [news.pk], "counting-opens": "given"}
    thanks = post(browser, form, "ada@example.com", **chosen)
    again = re.search(r'name="again" value="([^"]+)"', thanks.content.decode())
    assert again
    address = confirm_address()
    pages = [
        browser.get(f"/f/{form.key}"),
        browser.get(f"/f/{form.key}/frame"),
        post(browser, form, "no address", first_name="www.casino.top"),
        post_at_once(browser, form, "ben@example.com", **chosen),
        thanks,
        browser.post(f"/f/{form.key}/again", {"again": again[1]}),
        browser.get(address),
        browser.post(address, {"lists": news.pk}),
        browser.get("/y/nothing"),
    ]
    rehearse()
    pages.append(browser.post(f"/f/{form.key}/again", {"again": again[1]}))
    for page in pages:
        text = page.content.decode()
        assert f'<html lang="{language}"' in text
        assert language == "en" or english_in(text) == [], page.request["PATH_INFO"]
    assert mailed(news) == 1
    letter = Message.objects.get(email="ada@example.com")
    parts = content.load(letter.batch).parts(Recipient(letter.id, None, letter.email, {}, False, False))
    assert language == "en" or english_in(f"<main>{parts.html}") == []


def answered(opens: str, clicks: str) -> dict[str, Any]:
    return {"counting-opens": opens, "counting-clicks": clicks}


def test_a_form_asks_what_may_be_counted_and_whoever_confirms_has_the_last_word(
    browser: Client, form: SignupForm, news: MailingList
) -> None:
    form.asks_counting = True
    form.save()
    asked = browser.get(f"/f/{form.key}").content.decode()
    assert "Whether you open our mail" in asked
    assert "checked" not in asked
    for opens, clicks in (("given", "given"), ("", "refused")):
        post(browser, form, "ada@example.com", **answered(opens, clicks))
    shown = browser.get(confirm_address()).content.decode()
    chosen = re.findall(r'type="radio" name="(\w+)"\s+value="(\w+)" checked', shown)
    assert chosen == [("opens", "given"), ("clicks", "refused")]
    browser.post(confirm_address(), {"lists": news.pk, "opens": "given", "clicks": "nonsense"})
    person = Contact.objects.get()
    assert (person.open_consent, person.click_consent) == ("given", "unknown")
    proof = person.tracking_events.get()
    assert (proof.channel, proof.text) == ("form", "Whether you open our mail – Yes, you may count it")
    assert proof.wording
    assert proof.wording.place == f"form/{form.pk}/opens"


def test_a_yes_in_a_form_never_takes_the_place_of_a_no(browser: Client, form: SignupForm) -> None:
    MailingList.objects.update(opt_in=MailingList.OptIn.SINGLE)
    form.asks_counting = True
    form.save()
    Contact.objects.create(email="ben@example.com", open_consent="refused")
    assert post(browser, form, "ben@example.com", **answered("perhaps", "")).status_code == 422
    post(browser, form, "ben@example.com", **answered("given", "given"))
    person = Contact.objects.get()
    assert (person.open_consent, person.click_consent) == ("refused", "given")
    assert SignupRequest.objects.get().counting == {}


def test_thousand_posts_for_one_address_make_three_mails_a_day_over_all_forms(
    browser: Client, news: MailingList
) -> None:
    forms = [SignupForm.objects.create(name=f"Form {number}") for number in range(10)]
    for one in forms:
        one.lists.add(news)
    for number in range(40):
        one, ip = forms[number % 10], f"10.0.{number}.7"
        sent = post(browser, one, "victim@example.com", ip)
        assert sent.status_code == 200
        again = re.search(r'name="again" value="([^"]+)"', sent.content.decode())
        assert again
        browser.post(f"/f/{one.key}/again", {"again": again[1]}, REMOTE_ADDR=ip)
    wording = forms[0].wordings.get()
    asked = Answers("Victim@EXAMPLE.com", [news.pk], "en", wording)
    began = timezone.now()
    for number in range(920):  # the pages before it are tried above; over the day, when those mailed are late again
        at = began + timedelta(seconds=90 * number)
        asking.ask(forms[number % 10], asked, Visitor(f"10.1.{number % 250}.7"), at)
    assert Message.objects.count() == 3
    assert SignupRequest.objects.count() == 10


def test_one_mail_confirms_five_lists_and_strangers_lists_are_not_joined(browser: Client, form: SignupForm) -> None:
    more = [MailingList.objects.create(name=f"Topic {number}") for number in range(4)]
    secret = MailingList.objects.create(name="Board")
    form.lists.add(*more)
    form.visitor_chooses = True
    form.save()
    lists = list(form.lists.all())
    refused = post(browser, form, "ben@example.com", lists=[secret.pk])
    assert refused.status_code == 422
    for one in lists:
        post(browser, form, "ben@example.com", lists=[one.pk])
    assert Message.objects.count() == 1
    browser.post(confirm_address(), {"lists": [*(one.pk for one in lists[:3]), secret.pk]})
    assert set(Contact.objects.get().subscriptions.values_list("list_id", flat=True)) == {one.pk for one in lists[:3]}


def test_the_answer_is_the_same_for_known_left_suppressed_and_new_addresses(
    browser: Client, form: SignupForm, news: MailingList
) -> None:
    known, left, gone = (Contact.objects.create(email=f"{name}@example.com") for name in ("known", "left", "gone"))
    Contact.objects.filter(pk=known.pk).update(first_name="Kim")
    for person in (known, left, gone):
        consent.subscribe(person, lists=[news.pk], channel="hand", text="at the fair")
    consent.unsubscribe(left, lists=None, channel="page")
    consent.suppress(gone.email, Suppression.Reason.COMPLAINT)
    answers = set()
    for name in ("known", "left", "gone", "new"):
        page = post(browser, form, f"{name}@example.com", first_name="Eve").content.decode()
        answers.add(re.sub(r'(?:value|nonce)="[^"]*"', "", page).replace(name, "x"))
    assert len(answers) == 1
    assert sorted(Message.objects.values_list("email", flat=True)) == [
        f"{name}@example.com" for name in ("known", "left", "new")
    ]
    before = known.consent_events.count()
    for number in range(3):
        browser.post(confirm_address(number), {"lists": news.pk})
    known.refresh_from_db()
    assert (known.first_name, known.consent_events.count()) == ("Kim", before)
    assert state(left.email, news) == "subscribed"
    assert set(Suppression.objects.values_list("email", flat=True)) == {gone.email}
    assert mailed(news) == 3


def test_single_opt_in_joins_at_once_but_never_who_has_left(
    browser: Client, form: SignupForm, news: MailingList
) -> None:
    MailingList.objects.update(opt_in=MailingList.OptIn.SINGLE)
    form.sends_welcome, form.welcome_text = True, "Here we are."
    form.save()
    left = Contact.objects.create(email="left@example.com")
    consent.subscribe(left, lists=[news.pk], channel="hand", text="at the fair")
    consent.unsubscribe(left, lists=[news.pk], channel="page")
    post(browser, form, "left@example.com")
    assert state("left@example.com", news) == "unsubscribed"
    post(browser, form, "new@example.com")
    assert state("new@example.com", news) == "subscribed"
    welcome = Message.objects.get(email="new@example.com")
    raw = content.load(welcome.batch).build(Recipient(welcome.id, welcome.contact_id, welcome.email, {}, False, False))
    assert b"Here we are." in raw
    assert b"List-Unsubscribe: <https://news.nordlicht.example/u/" in raw


@pytest.mark.parametrize("opt_in", MailingList.OptIn.values)
def test_who_signs_up_anew_ends_their_pause_and_a_stranger_does_not(
    browser: Client, form: SignupForm, news: MailingList, opt_in: str
) -> None:
    MailingList.objects.update(opt_in=opt_in)
    person = Contact.objects.create(email="ada@example.com")
    consent.subscribe(person, lists=[news.pk], channel="hand", text="at the fair")
    pausing.pause(person, 90, channel="page")
    post(browser, form, "ada@example.com")
    assert mailed(news) == 0
    browser.post(confirm_address(), {"lists": news.pk})
    assert mailed(news) == 1
    resumed = person.consent_events.get(kind=ConsentEvent.Kind.RESUMED)
    assert (resumed.channel, resumed.ip) == ("form", "127.0.0.1")


@pytest.mark.parametrize(
    "meanwhile",
    [{"click_consent": "refused"}, {"last_opened_at": timezone.now()}, {"recent_opened": 5}],
    ids=lambda written: next(iter(written)),
)
def test_what_is_written_of_a_person_while_they_sign_up_stays(
    browser: Client, form: SignupForm, news: MailingList, meanwhile: dict[str, Any]
) -> None:
    person = Contact.objects.create(email="ada@example.com")
    post(browser, form, "ada@example.com", first_name="Ada")

    def write(sender: type[Contact], instance: Contact, **_: Any) -> None:
        Contact.objects.filter(pk=instance.pk).update(**meanwhile)

    pre_save.connect(write, sender=Contact)
    try:
        browser.post(confirm_address(), {"lists": news.pk})
    finally:
        pre_save.disconnect(write, sender=Contact)
    person.refresh_from_db()
    assert {name: getattr(person, name) for name in meanwhile} == meanwhile
    assert (person.first_name, person.guessed_language) == ("Ada", "en")


class Killed(BaseException):
    """The process ends in the middle of a transaction."""


def killed_when_the_mail_is_written(act: Callable[[], object]) -> None:
    def die(**_: Any) -> None:
        raise Killed

    mail_wanted.connect(die)  # after the receiver that writes the mail into the ledger
    try:
        with pytest.raises(Killed):
            act()
    finally:
        mail_wanted.disconnect(die)


def test_a_sign_up_that_dies_in_the_middle_leaves_nothing_behind_and_works_again(
    form: SignupForm, news: MailingList
) -> None:
    form.sends_welcome = True
    form.save()
    answers = Answers("ada@example.com", [news.pk], "en", form.wordings.create(digest="x", language="en", text="yes"))

    def ask() -> SignupRequest:
        return asking.ask(form, answers, Visitor(), timezone.now())

    killed_when_the_mail_is_written(ask)
    assert not SignupRequest.objects.exists()
    assert not Message.objects.exists()
    assert counting.sums(form)["asked"] == 0
    request = ask()
    assert ask() == request
    assert Message.objects.count() == 1

    def confirm() -> SignupRequest:
        return confirming.confirm(request, lists=[news.pk], ip=None, now=timezone.now())

    killed_when_the_mail_is_written(confirm)
    assert not Contact.objects.exists()
    assert not ConsentEvent.objects.exists()
    assert SignupRequest.objects.get().state == SignupRequest.State.WAITING
    assert Message.objects.count() == 1
    assert confirm().state == confirm().state == SignupRequest.State.CONFIRMED
    assert Message.objects.count() == 2  # the welcome
    assert counting.sums(form) == {"asked": 1, "confirmed": 1, "expired": 0, "refused": 0}


def test_robots_are_turned_away_and_people_press_once_more(browser: Client, form: SignupForm) -> None:
    assert post(browser, form, "a@example.com", homepage="https://x.example").status_code == 200
    hasty = post_at_once(browser, form, "a@example.com")
    assert "Please press the button once more." in hasty.content.decode()
    assert post(browser, form, "a@example.com", stamp="forged:1:2").status_code == 422
    assert post(browser, form, "a@example.com", first_name="see http://x.example").status_code == 422
    assert post(browser, form, "no address").status_code == 422
    assert not SignupRequest.objects.exists()
    assert post(browser, form, "a@example.com", stamp="").status_code == 200  # plain HTML on another site
    assert SignupRequest.objects.get().way == "html"
    statuses = [post(browser, form, f"b{number}@example.com").status_code for number in range(20)]
    assert statuses[-1] == 429
    assert counting.sums(form)["refused"] > 3


def test_a_flooded_form_pauses_and_stands_on_home_until_somebody_lets_it_go_on(
    browser: Client, form: SignupForm, client_for: Callable[[User], Client], marketer: User
) -> None:
    now = timezone.now()
    wording = form.wordings.create(digest="x", language="en", text="yes")
    SignupRequest.objects.bulk_create(
        SignupRequest(
            form=form,
            email=f"r{n}@example.com",
            key=f"r{n}@example.com",
            wording=wording,
            language="en",
            asked_at=now,
            expires_at=now + timedelta(days=7),
        )
        for n in range(50)
    )
    assert post(browser, form, "one@example.com").status_code == 200
    form.refresh_from_db()
    assert form.pause_reason.startswith("51 sign-ups within an hour")
    assert post(browser, form, "two@example.com").status_code == 503
    staff = client_for(marketer)
    home = BeautifulSoup(staff.get("/").content, "html.parser")
    (told,) = (row for row in home.select(".needs li") if "The form On the site paused itself" in row.get_text())
    assert "51 sign-ups within an hour, more than 5 times as many as usual." in told.get_text()
    assert "if they are people, let it go on; if not, have it ask browsers for proof of work" in told.get_text()
    cure = BeautifulSoup(staff.get(str(told.find("a")["href"])).content, "html.parser")  # type: ignore[index]
    button = cure.find("button", string="Let it go on")
    assert button
    staff.post(str(button.find_parent("form")["action"]), {"go_on": "1"})  # type: ignore[index]
    assert "paused itself" not in staff.get("/").content.decode()
    assert post(browser, form, "two@example.com").status_code == 200


def test_links_lapse_and_what_was_typed_is_forgotten(browser: Client, form: SignupForm, news: MailingList) -> None:
    post(browser, form, "late@example.com", first_name="Lee")
    SignupRequest.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    address = confirm_address()
    assert browser.get(address).status_code == 410
    assert browser.post(address, {"lists": news.pk}).status_code == 410
    assert not Contact.objects.exists()
    assert SignupRequest.objects.get().values == {}
    assert counting.sums(form)["expired"] == 1
    sweeping.sweep(timezone.now() + timedelta(days=31))
    assert not SignupRequest.objects.exists()
    assert browser.get(address).status_code == 404


def test_who_left_since_reads_so_on_the_page_of_an_old_confirmation(
    browser: Client, form: SignupForm, news: MailingList
) -> None:
    post(browser, form, "ada@example.com")
    address = confirm_address()
    assert "You are signed up" in browser.post(address, {"lists": news.pk}).content.decode()
    assert "You are signed up" in browser.get(address).content.decode()
    consent.unsubscribe(Contact.objects.get(), lists=None, channel="page")
    for answer in (browser.get(address), browser.post(address, {"lists": news.pk})):
        page = answer.content.decode()
        assert (answer.status_code, state("ada@example.com", news)) == (410, "unsubscribed")
        assert "You are unsubscribed" in page
        assert f'href="/f/{form.key}"' in page
    post(browser, form, "ada@example.com")
    assert "You are signed up" in browser.post(confirm_address(), {"lists": news.pk}).content.decode()
    assert "You are signed up" in browser.get(address).content.decode()


def test_that_somebody_signed_up_by_the_form_is_known_after_what_they_typed_is_gone(
    browser: Client, form: SignupForm, news: MailingList
) -> None:
    """Also of whoever was on all of its lists before."""
    person = Contact.objects.create(email="ada@example.com")
    consent.subscribe(person, lists=[news.pk], channel="hand", text="at the fair")
    post(browser, form, "ada@example.com", first_name="Ada")
    address = confirm_address()
    browser.post(address, {"lists": news.pk})
    sweeping.sweep(timezone.now() + timedelta(days=60))
    kept = SignupRequest.objects.get()
    assert (kept.form, kept.contact, kept.state) == (form, person, SignupRequest.State.CONFIRMED)
    assert (kept.email, kept.key, kept.ip, kept.site, kept.user_agent, kept.lists) == ("", "", None, "", "", [])
    assert browser.get(address).status_code == 404
    assert sweeping.sweep(timezone.now() + timedelta(days=600)) == 0
    assert "sign_ups" in {section.name for section in collecting.of(person) if section.rows}
    person.delete()
    assert not SignupRequest.objects.exists()


def rehearse() -> None:
    """The sandbox is the default again."""
    Provider.objects.filter(is_default=True).update(is_default=False)
    Provider.objects.filter(kind=Provider.Kind.SANDBOX).update(is_default=True)


def test_whoever_signs_up_in_a_rehearsal_reads_where_the_mail_is(browser: Client, form: SignupForm) -> None:
    """On the public page in words alone: strangers get no way into the house. Known or not, it is the same."""
    real = seen(post(browser, form, "ada@example.com").content.decode())
    assert "This is a rehearsal" not in real
    assert "Look among the spam, too." in real
    rehearse()
    answer = post(browser, form, "ben@example.com").content.decode()
    shown = seen(answer)
    assert "This is a rehearsal No mail leaves here yet. If ben@example.com still has to be confirmed" in shown
    assert "the mail with the button lies in the sandbox: whoever works here opens it there, under Delivery." in shown
    assert "on its way" not in shown
    assert "spam" not in shown
    assert "<a " not in answer.partition("<main")[2].partition("</main>")[0]
    assert seen(post(browser, form, "cy@example.com", homepage="a robot's").content.decode()) == shown.replace(
        "ben@", "cy@"
    )


def test_a_rehearsed_confirmation_can_be_tried_and_signs_nobody_up(
    browser: Client, form: SignupForm, news: MailingList
) -> None:
    rehearse()
    post(browser, form, "ada@example.com")
    asked = browser.get(confirm_address()).content.decode()
    tried = browser.post(confirm_address(), {"lists": news.pk}).content.decode()
    assert "You are signed up" not in tried
    assert "From now on" not in tried
    would = "would get what you asked for from now on"
    for page, words in (
        (asked, 'type="submit">Confirm</button>'),
        (tried, "You would be signed up now"),
        (tried, would),
    ):
        assert "This is a rehearsal" in page
        assert words in page
    assert not Contact.objects.exists()
    assert SignupRequest.objects.get().state == SignupRequest.State.WAITING


def test_a_rehearsed_confirmation_names_the_page_that_a_real_one_goes_on_to(
    browser: Client, form: SignupForm, news: MailingList
) -> None:
    SignupForm.objects.filter(pk=form.pk).update(confirmed_url="https://shop.example/welcome?from=mail")
    rehearse()
    post(browser, form, "ada@example.com")
    tried = browser.post(confirm_address(), {"lists": news.pk})
    assert tried.status_code == 200
    assert "From here, a real confirmation goes on to:" in tried.content.decode()
    assert 'href="https://shop.example/welcome?from=mail"' in tried.content.decode()


def test_a_rehearsed_confirmation_is_answered_as_a_real_one_would_be(
    browser: Client, form: SignupForm, news: MailingList
) -> None:
    rehearse()
    post(browser, form, "ada@example.com")
    bounced = Suppression.objects.create(email="ada@example.com", reason=Suppression.Reason.HARD_BOUNCE)
    refused = browser.post(confirm_address(), {"lists": news.pk})
    assert (refused.status_code, b"We cannot write to this address" in refused.content) == (409, True)
    bounced.delete()
    SignupRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    asked, tried = browser.get(confirm_address()), browser.post(confirm_address(), {"lists": news.pk})
    for answer in (asked, tried):
        assert (answer.status_code, b"This link is no longer good" in answer.content) == (410, True)
    assert SignupRequest.objects.get().state == SignupRequest.State.WAITING
    assert counting.sums(form)["expired"] == 0


def test_every_kind_of_field_is_asked_for_and_only_the_frame_may_be_framed(
    browser: Client, form: SignupForm, organisation: Organisation, news: MailingList
) -> None:
    kinds = {
        kind: Field.objects.create(key=f"f_{kind}", label=f"My {kind}", kind=kind, options=["Red", "Blue"])
        for kind in Field.Kind.values
    }
    form.fields = [{"key": field.key, "required": False} for field in kinds.values()]
    form.frame_hosts = ["https://shop.example"]
    form.thanks_url = "https://shop.example/thanks"
    form.save()
    page, frame = browser.get(f"/f/{form.key}"), browser.get(f"/f/{form.key}/frame")
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "form-action 'self' https://shop.example" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://shop.example" in frame.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame.headers
    given: dict[str, Any] = {
        "f_text": "Köln",
        "f_number": "42",
        "f_date": "2026-03-12",
        "f_boolean": "yes",
        "f_choice": "Red",
        "f_choices": ["Red", "Blue"],
        "f_url": "https://ada.example/",
    }
    assert all(label in page.content.decode() for label in ("My text", "My choices", "Blue"))
    answer = post(browser, form, "ada@example.com", **given)
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://shop.example/thanks")
    browser.post(confirm_address(), {"lists": news.pk})
    assert Contact.objects.get().attributes == {
        "f_text": "Köln",
        "f_number": 42,
        "f_date": "2026-03-12",
        "f_boolean": True,
        "f_choice": "Red",
        "f_choices": ["Red", "Blue"],
        "f_url": "https://ada.example/",
    }


def test_code_for_other_sites_is_shown_as_code_whatever_it_holds(
    client_for: Any, marketer: User, form: SignupForm, browser: Client, news: MailingList
) -> None:
    Field.objects.create(key="odd", label="</textarea><script>alert(1)</script>")
    form.fields, form.title = [{"key": "odd", "required": True}], 'Say "hi"</textarea>'
    form.save()
    page = client_for(marketer).get(f"/forms/{form.pk}/").content.decode()
    code = html.unescape(re.search(r'id="form-code"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1])  # type: ignore[index]
    assert code.startswith('<form method="post" action="https://news.nordlicht.example/f/')
    assert "&lt;/textarea&gt;&lt;script&gt;" in code
    assert "title=&quot;Say &amp;quot;hi&amp;quot;" in page
    fields = {name for name, _ in re.findall(r'name="(\w+)"(?:[^>]* value="([^"]*)")?', code)}
    assert fields == {"homepage", "email", "odd"}


def test_a_form_does_not_lift_what_holds_for_one_list(browser: Client, form: SignupForm, news: MailingList) -> None:
    other = MailingList.objects.create(name="Other")
    of_lists.suppress(["rival@example.com"], news, reason="A rival", by=None)
    assert "Thank you" in post(browser, form, "Rival@example.com").content.decode()
    assert SignupRequest.objects.get().state == SignupRequest.State.SUPPRESSED
    assert not Message.objects.exists()
    form.lists.add(other)
    post(browser, form, "Rival@example.com")
    browser.post(confirm_address(), {"lists": [news.pk, other.pk]})
    assert [one.list for one in Subscription.objects.all()] == [other]


def test_names_and_choices_in_another_case_are_the_same(browser: Client, form: SignupForm, news: MailingList) -> None:
    Field.objects.create(key="colour", label="Colour", kind=Field.Kind.CHOICE, options=["Red", "Blue"])
    Field.objects.create(key="taste", label="Taste", kind=Field.Kind.CHOICES, options=["Jazz", "Rock"])
    form.fields = [{"key": key, "required": True} for key in ("first_name", "colour", "taste")]
    form.save()
    typed = {"EMAIL": "ada@example.com", "First_Name": "Ada", "Colour": "RED", "TASTE": ["jazz", "Rock"], "stamp": ""}
    assert "Thank you" in browser.post(f"/f/{form.key}", typed).content.decode()
    browser.post(confirm_address(), {"lists": news.pk})
    person = Contact.objects.get()
    assert (person.first_name, person.attributes) == ("Ada", {"colour": "Red", "taste": ["Jazz", "Rock"]})
    assert browser.post(f"/f/{form.key}", typed | {"Colour": "green"}).status_code == 422


def test_staff_see_that_nobody_can_confirm_while_mail_goes_into_the_sandbox(
    client_for: Callable[[User], Client], owner: User, form: SignupForm, news: MailingList, way_out: Provider
) -> None:
    def page() -> str:
        return client_for(owner).get(f"/forms/{form.pk}/").content.decode()

    assert "Nobody can confirm yet" not in page()
    way_out.delete()
    cache.clear()
    assert "Nobody can confirm yet" in page()
    news.opt_in = MailingList.OptIn.SINGLE
    news.save()
    assert "Nobody can confirm yet" not in page()
