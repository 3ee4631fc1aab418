from datetime import UTC, datetime, timedelta

import pytest

from tracking import machines
from tracking.machines import Click

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"

PEOPLE = {
    "Chrome": f"{CHROME} Safari/537.36",
    "Edge": f"{CHROME} Safari/537.36 Edg/142.0.0.0",
    "Firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Thunderbird": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Thunderbird/140.3.0",
    "Safari on a phone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Apple Mail without the proxy": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko)",
    "Outlook": "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
    "Outlook on a phone": "Outlook-iOS/723.4027091.prod.iphone (4.28.0)",
    "Gmail's picture proxy": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 "
    "(via ggpht.com GoogleImageProxy)",
    "Yahoo's picture proxy": "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
    "Samsung": "Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
}

MACHINES = {
    "Gmail fetching ahead": (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0",
        machines.PREFETCH,
    ),
    "Barracuda": ("BarracudaCentral-LinkCheck/1.0", machines.SCANNER),
    "Cisco": ("CiscoSecureEmail/15.0 (URL Retrospection)", machines.SCANNER),
    "Mimecast": ("Mozilla/5.0 (compatible; Mimecast-Mime/1.0)", machines.SCANNER),
    "Bing's preview": (f"{CHROME} Safari/537.36 BingPreview/1.0b", machines.SCANNER),
    "Skype": ("Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5", machines.SCANNER),
    "Slack": ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", machines.SCANNER),
    "Facebook": ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", machines.SCANNER),
    "Googlebot": ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", machines.SCANNER),
    "Vade": ("VadeSecure-Scanner/2.1", machines.SCANNER),
    "requests": ("python-requests/2.32.3", machines.SCRIPT),
    "urllib": ("Python-urllib/3.12", machines.SCRIPT),
    "Go": ("Go-http-client/2.0", machines.SCRIPT),
    "curl": ("curl/8.9.1", machines.SCRIPT),
    "Java": ("Java/17.0.2", machines.SCRIPT),
    "headless": ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/142.0.0.0", machines.SCRIPT),
    "nothing": ("", machines.SCRIPT),
}


def judge(agent: str, *, is_head: bool = False, is_open: bool = True, is_rehearsal: bool = False) -> str:
    return machines.judge(user_agent=agent, is_head=is_head, is_open=is_open, is_rehearsal=is_rehearsal)


@pytest.mark.parametrize("name", PEOPLE)
def test_people_are_taken_for_people(name: str) -> None:
    assert judge(PEOPLE[name]) == judge(PEOPLE[name], is_open=False) == machines.HUMAN


@pytest.mark.parametrize("name", MACHINES)
def test_machines_are_taken_for_machines(name: str) -> None:
    agent, verdict = MACHINES[name]
    assert judge(agent) == judge(agent, is_open=False) == verdict


def test_apples_proxy_opens_for_nobody() -> None:
    assert judge("Mozilla/5.0") == machines.APPLE_PROXY
    assert judge("Mozilla/5.0", is_open=False) == machines.SCANNER


def test_head_is_nobody_whatever_it_calls_itself() -> None:
    assert judge(PEOPLE["Chrome"], is_head=True) == machines.HEAD


def test_scripts_stand_for_readers_in_a_rehearsal_and_scanners_do_not() -> None:
    assert judge("curl/8.9.1", is_rehearsal=True) == judge("", is_rehearsal=True) == machines.HUMAN
    assert judge("BarracudaCentral-LinkCheck/1.0", is_rehearsal=True) == machines.SCANNER
    assert judge("Mozilla/5.0", is_rehearsal=True) == machines.APPLE_PROXY


ACCEPTED = datetime(2026, 11, 22, 12, tzinfo=UTC)


def clicks(*seconds: float) -> list[Click]:
    return [Click(ACCEPTED + timedelta(seconds=second), link_id) for link_id, second in enumerate(seconds)]


@pytest.mark.parametrize(
    ("seconds", "links", "caught"),
    [
        ((3, 3.1, 3.2, 3.4), 4, 4),  # every link at once, seconds after acceptance
        ((3, 5, 9, 12.9), 4, 4),  # within ten seconds
        ((3, 3.1, 3.2), 4, 0),  # one link was left out
        ((3, 8, 14, 20), 4, 0),  # as fast as a hand goes
        ((600, 600.1, 600.2), 3, 0),  # later in the day
        ((3, 3.1), 2, 0),  # two links prove nothing
        ((3,), 1, 0),
    ],
)
def test_only_every_link_at_once_right_after_acceptance_is_a_burst(
    seconds: tuple[float, ...], links: int, caught: int
) -> None:
    assert len(machines.burst(clicks(*seconds), links_in_mail=links, accepted_at=ACCEPTED)) == caught


def test_clicks_on_a_mail_never_accepted_are_no_burst() -> None:
    assert machines.burst(clicks(1, 1, 1), links_in_mail=3, accepted_at=None) == ()
