"""What a mail links to is asked for at a server of ours, and each answer is a sentence that one can act upon."""

import ssl
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from accounts.egress.allowed import Allowed
from accounts.egress.fetching import Client, Limits
from accounts.egress.guard import Guard
from accounts.models import User
from campaigns import tasks
from campaigns.content import blocks
from campaigns.models import Campaign
from campaigns.preflight import checklist, link_checks
from campaigns.review.review import Review
from tests.accounts.egress.test_fetching import Site, at, client, serving
from tests.accounts.egress.test_guard import HERE, Names
from tests.campaigns import letters
from tests.delivery.engine.certificates import Authority


@pytest.fixture
def site() -> Iterator[Site]:
    cache.clear()
    yield from serving(Site())
    cache.clear()


@pytest.fixture
def campaign(marketer: User, site: Site) -> Campaign:
    document = {
        "blocks": [
            {"id": "go", "kind": "button", "label": "Read on", "url": at(site, "/news?to={{ email }}")},
            {"id": "gone", "kind": "text", "html": f'<p><a href="{at(site, "/gone")}">Older</a></p>'},
            {"id": "write", "kind": "button", "label": "Write", "url": "mailto:crew@nordlicht.example"},
            {"id": "end", "kind": "footer", "view": "View in browser", "preferences": "Choose"},
        ]
    }
    return letters.draft(marketer, letters.readers("Ana"), blocks=blocks.validate(document))


@pytest.fixture
def to_the_site(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names lead to this machine, as for whoever allows it."""
    here = client(site)
    monkeypatch.setattr(link_checks, "Client", lambda limits: here)


def of_status(site: Site, path: str, status: int) -> str:
    def answer(handler: object) -> None:
        handler.send_response(status)  # type: ignore[attr-defined]
        handler.send_header("Content-Length", "0")  # type: ignore[attr-defined]
        handler.end_headers()  # type: ignore[attr-defined]

    site.pages[path] = answer
    return at(site, path)


@pytest.mark.parametrize(
    ("status", "kind", "state", "is_lasting"),
    [
        (200, "good", "good", False),
        (403, "shut", "none", False),
        (404, "gone", "bad", True),
        (410, "gone", "bad", True),
        (429, "shut", "none", False),
        (503, "error", "warn", False),
    ],
)
def test_answer_is_said_in_words(site: Site, status: int, kind: str, state: str, is_lasting: bool) -> None:
    found = link_checks.look(of_status(site, "/page", status), client(site))
    assert (found.kind, found.state, found.is_lasting) == (kind, state, is_lasting)
    assert (found.text == "") is (status == 200)


def test_where_a_link_ends_is_said(site: Site) -> None:
    site.answers("/new/", b"here")
    site.sends_on("/old", at(site, "/new/"))
    site.sends_on("/slash", at(site, "/slash/"))
    site.answers("/slash/", b"here")
    moved = link_checks.look(at(site, "/old"), client(site))
    assert (moved.kind, moved.text) == ("moved", f"To {at(site, '/new/')}")
    assert link_checks.look(at(site, "/slash#part"), client(site)).kind == "good"


def test_server_that_knows_no_head_is_asked_as_a_browser_would(site: Site) -> None:
    site.answers("/page", b"x" * 3_000_000)
    site.heads["/page"] = 405
    assert link_checks.look(at(site, "/page"), client(site, answer_bytes=10)).kind == "good"
    assert site.methods == ["HEAD", "GET"]


def test_broken_certificate_private_network_and_silence_are_told_apart(tmp_path: Path, site: Site) -> None:
    for secure in serving(Site(Authority(tmp_path).context(host="shop.example"))):
        assert link_checks.look(at(secure, scheme="https"), client(secure)).kind == "certificate"
    private = client(site, allowed=Allowed())
    assert link_checks.look(at(site), private).kind == "refused"
    nobody = Client(Limits(ports=frozenset({9}), https_only=False), Guard(HERE, Names(["127.0.0.1"])))
    found = link_checks.look("http://shop.example:9/", nobody)
    assert (found.kind, found.is_lasting) == ("unreachable", False)


def test_link_that_leaves_encryption_is_called_that_and_not_dead(tmp_path: Path, site: Site) -> None:
    site.answers("/news", b"here")
    authority = Authority(tmp_path)
    for secure in serving(Site(authority.context(host="shop.example"))):
        secure.sends_on("/news", at(site, "/news"))
        plain = client(secure, site)
        asking = Client(plain.limits, plain.guard, lambda: ssl.create_default_context(cafile=str(authority.file)))
        found = link_checks.look(at(secure, "/news", scheme="https"), asking)
    assert (found.kind, found.state, found.is_lasting) == ("downgraded", "warn", False)
    assert "without encryption" in found.text


def test_what_is_known_is_asked_for_once_however_many_links_there_are(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    targets = [at(site, f"/{number}") for number in range(5)]
    asked: list[Iterable[str]] = []
    original = link_checks.known

    def noted(wanted: Iterable[str]) -> dict[str, link_checks.Found]:
        asked.append(wanted)
        return original(wanted)

    monkeypatch.setattr(link_checks, "known", noted)
    link_checks.follow(targets, client(site))
    assert asked == [targets]
    assert len(original(targets)) == 5


@pytest.mark.usefixtures("to_the_site")
def test_links_are_followed_once_and_as_nobody_in_particular(campaign: Campaign, site: Site) -> None:
    site.answers("/news?to=somebody%40example.com", b"news")
    link_checks.begins(campaign.pk)
    tasks.follow_links(campaign_id=campaign.pk)
    assert not link_checks.is_under_way(campaign.pk)
    assert sorted(path for path, _ in site.asked) == ["/gone", "/gone", "/news?to=somebody%40example.com"]
    tasks.follow_links(campaign_id=campaign.pk)
    assert len(site.asked) == 3
    found = {link.words: found.kind if found else "" for link, found in Review(campaign, None).followed}
    assert found == {
        "Read on": "good",
        "Older": "gone",
        "Write": "",
        "View in browser": "",
        "Choose": "",
        "Unsubscribe": "",
    }


@pytest.mark.usefixtures("to_the_site")
def test_dead_link_is_a_warning_that_leads_to_its_block_and_blocks_nothing(campaign: Campaign, site: Site) -> None:
    of_status(site, "/news?to=somebody%40example.com", 503)
    assert not any(finding.code == "dead-link" for finding in checklist.check(campaign))
    tasks.follow_links(campaign_id=campaign.pk)
    (finding,) = (finding for finding in checklist.check(campaign) if finding.code == "dead-link")
    assert (finding.level, finding.block) == ("warn", "gone")
    assert "There is no such page (404)." in finding.text


def test_page_has_them_followed_and_says_what_was_found(
    campaign: Campaign,
    site: Site,
    marketer: User,
    client_for: Callable[[User], Browser],
    django_capture_on_commit_callbacks: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.follow_links, "delay", lambda campaign_id: asked.append(campaign_id))
    browser, address = client_for(marketer), f"/campaigns/{campaign.pk}/check/"
    shown = browser.get(f"{address}?links=follow").content.decode()
    assert (f'hx-post="{address}?contact=' in shown, asked) == (True, []), "a page that is only read asks for nothing"
    assert "have not been followed" not in shown, "nobody has asked for it"
    assert "found out by asking for them once" in shown
    headers = {"HX-Request": "true", "HX-Target": "links"}
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        for _ in range(2):
            part = browser.post(address, {"links": "follow"}, headers=headers).content.decode()
    assert asked == [campaign.pk]
    assert "being followed" in part
    assert "every 1s" in part
    for number, target in enumerate(Review(campaign, None).followable):
        if number == 1:  # a link that came in later
            link_checks.ends(campaign.pk)
            assert "Some of the links have not been followed." in browser.get(address, headers=headers).content.decode()
        cache.set(link_checks._key(target), '{"kind": "gone", "text": "There is no such page (404)."}')
    part = browser.get(address, headers=headers).content.decode()
    assert "There is no such page (404)." in part
    assert "every 1s" not in part
    assert "Follow again" in part
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        link_checks.ends(campaign.pk)
        assert browser.post(address, {"links": "again"}).headers["Location"] == address
    assert asked == [campaign.pk] * 2
    assert link_checks.known(Review(campaign, None).followable) == {}
