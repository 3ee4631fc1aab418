import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import AuditEntry, User
from contacts.models import Contact, Suppression
from delivery import tokens, verp
from delivery.feedback import second_line
from delivery.models import Batch, Message, MessageState, SandboxMail
from delivery.sandbox import oneclick, store
from delivery.sandbox.store import Mail

ClientFor = Callable[[User], Client]
LIST = "/sandbox/"


def keep(number: int = 1, *, subject: str = "News", html: str = "<p>Hi</p>", one_click: str = "") -> SandboxMail:
    message = EmailMessage()
    message["From"] = "Nordlicht <news@nordlicht.example>"
    message["Subject"] = f"{subject} {number}"
    if one_click:
        message["List-Unsubscribe"] = f"<{one_click}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content("Hi in plain words\n")
    message.add_alternative(html, subtype="html")
    raw = message.as_bytes().replace(b"\n", b"\r\n")
    sender = verp.address(77, "nordlicht.example")
    store.write([Mail(sender, (f"ana{number}@example.org",), raw)])
    return SandboxMail.objects.latest("id")


@pytest.fixture
def browser(viewer: User, client_for: ClientFor) -> Client:
    return client_for(viewer)


def subjects(page: str) -> list[str]:
    return re.findall(r'postbox-subject"><bdi>(News \d+)</bdi>', page)


def test_an_empty_sandbox_says_what_will_be_here_and_where_to_begin(browser: Client) -> None:
    page = browser.get(LIST).content.decode()
    assert "No mail yet" in page
    assert 'href="/campaigns/"' in page
    assert "Nothing here reached anyone." in page


def test_mails_are_listed_newest_first_and_paged_by_key(browser: Client) -> None:
    for number in range(1, 121):
        keep(number)
    first = browser.get(LIST).content.decode()
    assert subjects(first) == [f"News {number}" for number in range(120, 70, -1)]
    second = browser.get(LIST + re.findall(r'rel="next" href="/sandbox/([^"]+)"', first)[0]).content.decode()
    assert subjects(second) == [f"News {number}" for number in range(70, 20, -1)]
    third = browser.get(LIST + re.findall(r'rel="next" href="/sandbox/([^"]+)"', second)[0]).content.decode()
    assert subjects(third) == [f"News {number}" for number in range(20, 0, -1)]
    assert 'rel="next"' not in third
    back = browser.get(LIST + re.findall(r'rel="prev" href="/sandbox/([^"]+)"', third)[0]).content.decode()
    assert subjects(back) == subjects(second)


def test_search_finds_by_address_and_by_words_of_subject_and_text(browser: Client) -> None:
    for number in (1, 2, 3):
        keep(number)
    assert subjects(browser.get(LIST, {"q": "ana2@"}).content.decode()) == ["News 2"]
    assert subjects(browser.get(LIST, {"q": "news 3"}).content.decode()) == ["News 3"]
    assert subjects(browser.get(LIST, {"q": "subject:3 PLAIN"}).content.decode()) == ["News 3"]
    assert subjects(browser.get(LIST, {"q": 'to:ana3 "in plain words" larger:100'}).content.decode()) == ["News 3"]
    assert "Nothing found" in browser.get(LIST, {"q": "to:plain"}).content.decode()
    assert "Nothing found" in browser.get(LIST, {"q": "100% _"}).content.decode()


def test_a_waiting_page_is_told_only_when_something_came(browser: Client) -> None:
    keep(1)
    page = browser.get(LIST).content.decode()
    poll = re.findall(r'hx-get="([^"]+)"', page)[0].replace("&amp;", "&")
    assert browser.get(poll, headers={"HX-Request": "true"}).status_code == 204
    keep(2)
    fragment = browser.get(poll, headers={"HX-Request": "true"})
    assert subjects(fragment.content.decode()) == ["News 2", "News 1"]
    assert "<html" not in fragment.content.decode()


@pytest.mark.parametrize("query", ["before=x", "after=99999999999999999999", "before=-1", "view=nonsense&q=%00"])
def test_odd_addresses_do_no_harm(browser: Client, query: str) -> None:
    kept = keep()
    assert browser.get(f"{LIST}?{query}").status_code == 200
    assert browser.get(f"{LIST}{kept.pk}/?{query}").status_code == 200


@pytest.mark.parametrize(
    ("view", "seen"),
    [
        ("mail", "<iframe"),
        ("text", "Hi in plain words"),
        ("links", "https://shop.example/"),
        ("check", "How mail programs show its HTML"),
        ("headers", "<dt>Subject</dt>"),
        ("source", "Content-Type: multipart/alternative"),
    ],
)
def test_a_mail_can_be_looked_at_in_each_way(browser: Client, view: str, seen: str) -> None:
    kept = keep(html='<a href="https://shop.example/">Shop</a>')
    assert seen in browser.get(f"{LIST}{kept.pk}/", {"view": view}).content.decode()


def test_the_mail_leads_to_its_message_and_its_neighbours(browser: Client) -> None:
    older, kept, newer = keep(1), keep(2), keep(3)
    page = browser.get(f"{LIST}{kept.pk}/").content.decode()
    assert f'href="{LIST}{older.pk}/"' in page
    assert f'href="{LIST}{newer.pk}/"' in page
    assert f'href="{reverse("message", args=[77])}"' in page


def test_the_html_is_shown_without_scripts_cookies_or_a_way_back(browser: Client) -> None:
    kept = keep(html="<script>alert(1)</script><p>Hi</p>")
    page = browser.get(f"{LIST}{kept.pk}/").content.decode()
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    shown = browser.get(f"{LIST}{kept.pk}/html/")
    policy = shown.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "allow-scripts" not in policy + page
    assert "allow-same-origin" not in policy + page
    assert shown.headers["Referrer-Policy"] == "no-referrer"


def test_hostile_text_is_escaped_everywhere_on_our_pages(browser: Client) -> None:
    attack = '"><img src=x onerror=alert(1)>'
    kept = keep(
        subject=attack, html=f"<a href='https://x.example/{attack}'>{attack}</a><a href='javascript:alert(1)'>x</a>"
    )
    for address in [
        LIST,
        *(f"{LIST}{kept.pk}/?view={view}" for view in ("mail", "text", "links", "check", "headers", "source")),
    ]:
        page = browser.get(address).content.decode()
        assert "<img src=x" not in page
        assert 'href="javascript:' not in page


def test_the_download_is_the_mail_as_it_came(browser: Client) -> None:
    kept = keep()
    download = browser.get(f"{LIST}{kept.pk}/raw/")
    assert download.content == kept.source
    assert download.headers["Content-Disposition"] == f'attachment; filename="sandbox-{kept.pk}.eml"'


def test_delete_all_takes_what_was_seen_and_leaves_what_came_since(marketer: User, client_for: ClientFor) -> None:
    seen, since = keep(1), keep(2)
    client_for(marketer).post(f"{LIST}empty/", {"newest_id": seen.pk})
    assert list(SandboxMail.objects.all()) == [since]
    assert AuditEntry.objects.filter(action="sandbox.emptied", detail={"count": 1}).exists()


def test_what_is_done_with_a_mail_that_was_searched_for_leads_back_to_the_search(
    marketer: User, client_for: ClientFor
) -> None:
    found = keep()
    client = client_for(marketer)
    page = BeautifulSoup(
        client.get(reverse("sandbox-mail", args=[found.pk]), {"q": "Ana & Ben"}).content, "html.parser"
    )
    acts = [str(form["action"]) for form in page.select(".postbox-acts form")]
    assert len(acts) >= 2
    for act in acts:
        led = client.post(act)
        assert led.status_code == 302
        assert led["Location"].endswith("?q=Ana+%26+Ben")


def test_one_click_unsubscribes_like_a_mailbox_provider(
    marketer: User, client_for: ClientFor, live_server: LiveServer, settings: Settings
) -> None:
    settings.PORT = live_server.thread.port
    settings.PUBLIC_URL = live_server.url
    contact = Contact.objects.create(email="ana1@example.org", is_sample=True)
    batch = Batch.objects.create(rehearsal=False, content_kind="edition", content_id=1, state="done")
    token = tokens.seal(tokens.UNSUBSCRIBE, contact.pk, batch.pk)
    kept = keep(one_click=f"{live_server.url}/u/{token}")
    page = client_for(marketer).post(f"{LIST}{kept.pk}/unsubscribe/", follow=True).content.decode()
    assert "Unsubscribed with one click: 200 in" in page
    assert "no redirect, no cookie" in page
    assert Suppression.objects.filter(email="ana1@example.org").exists()


def test_one_click_in_a_rehearsed_mail_says_that_nobody_is_unsubscribed(
    marketer: User, client_for: ClientFor, live_server: LiveServer, settings: Settings
) -> None:
    settings.PORT = live_server.thread.port
    settings.PUBLIC_URL = live_server.url
    contact = Contact.objects.create(email="ana1@example.org")
    batch = Batch.objects.create(rehearsal=True, content_kind="edition", content_id=1, state="done")
    kept = keep(one_click=f"{live_server.url}/u/{tokens.seal(tokens.UNSUBSCRIBE, contact.pk, batch.pk)}")
    page = client_for(marketer).post(f"{LIST}{kept.pk}/unsubscribe/", follow=True).content.decode()
    assert "One click works: 200 in" in page
    assert "This was a rehearsal: nobody is unsubscribed." in page
    assert "Unsubscribed with one click" not in page
    assert not Suppression.objects.exists()


def test_mark_as_spam_fills_the_report_of_the_rehearsal_and_says_when_it_did_before(
    marketer: User, client_for: ClientFor
) -> None:
    batch = Batch.objects.create(rehearsal=True, content_kind="edition", content_id=1, state="done")
    Message.objects.create(id=77, batch=batch, email="ana1@example.org", state=MessageState.ACCEPTED)
    kept, client = keep(), client_for(marketer)
    assert "Mark as spam</button>" in client.get(f"{LIST}{kept.pk}/").content.decode()
    page = client.post(f"{LIST}{kept.pk}/complain/", follow=True).content.decode()
    assert "Marked as spam. It is counted." in page
    assert "This was known already." in client.post(f"{LIST}{kept.pk}/complain/", follow=True).content.decode()
    assert second_line.of([batch]).complained == 1
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("address", ["http://[::1", "http://[x]/", "http://localhost\x01/"])
def test_one_click_at_what_is_no_address_is_a_sentence(marketer: User, client_for: ClientFor, address: str) -> None:
    kept = keep(one_click=address)
    page = client_for(marketer).post(f"{LIST}{kept.pk}/unsubscribe/", follow=True)
    assert page.status_code == 200


def test_one_click_never_knocks_at_other_doors(marketer: User, client_for: ClientFor) -> None:
    kept = keep(one_click="http://169.254.169.254/latest/meta-data/")
    page = client_for(marketer).post(f"{LIST}{kept.pk}/unsubscribe/", follow=True).content.decode()
    assert "Nothing was sent" in page


@pytest.mark.parametrize(
    "address",
    ["https://news.example.evil/u/x", "http://news.example/u/x", "//news.example/u", "https://a@news.example/u", ""],
)
def test_only_our_own_address_is_ours(address: str) -> None:
    with pytest.raises(oneclick.NotOurs):
        oneclick.post(address, own={"https://news.example"})


def test_a_mail_without_one_click_offers_no_button(marketer: User, client_for: ClientFor) -> None:
    kept = keep()
    client = client_for(marketer)
    assert "one click, as Gmail does" not in client.get(f"{LIST}{kept.pk}/").content.decode()
    page = client.post(f"{LIST}{kept.pk}/unsubscribe/", follow=True).content.decode()
    assert "offers no unsubscribing with one click" in page
