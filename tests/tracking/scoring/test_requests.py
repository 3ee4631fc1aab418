"""User agents and networks of real programs, from the sources named in agents.toml and networks.toml."""

import pytest

from tracking.scoring import verdicts
from tracking.scoring.networks import Network
from tracking.scoring.requests import Request, judge

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
BROWSER = f"{CHROME} Safari/537.36"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"

PEOPLE = {
    "Chrome": BROWSER,
    "Edge": f"{BROWSER} Edg/142.0.0.0",
    "Firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Thunderbird": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Thunderbird/140.3.0",
    "Safari on a phone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Apple Mail without the proxy": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko)",
    "Outlook": "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
    "Outlook, another": "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.14931; Pro)",
    "Outlook on a phone": "Outlook-iOS/723.4027091.prod.iphone (4.28.0)",
    "Gmail's picture proxy": GMAIL,
    "Yahoo's picture proxy": "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
    "Samsung": "Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
}

MACHINES = {
    "Gmail fetching ahead": (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0",
        verdicts.PREFETCH,
    ),
    "Barracuda": ("BarracudaCentral-LinkCheck/1.0", verdicts.SCANNER),
    "Barracuda, another": ("Barracuda Sentinel (EE)", verdicts.SCANNER),
    "Cisco": ("CiscoSecureEmail/15.0 (URL Retrospection)", verdicts.SCANNER),
    "Mimecast": ("Mozilla/5.0 (compatible; Mimecast-Mime/1.0)", verdicts.SCANNER),
    "Exchange": ("Microsoft Exchange/15.20 (Windows NT 10.0; Win64; x64)", verdicts.SCANNER),
    "Palo Alto": ("cortex/1.0", verdicts.SCANNER),
    "W3C's link checker": ("W3C-checklink/4.5 [4.160] libwww-perl/5.823", verdicts.SCANNER),
    "HubSpot": ("HubSpot Connect", verdicts.SCANNER),
    "Vade": ("VadeSecure-Scanner/2.1", verdicts.SCANNER),
    "SCMGUARD": ("SCMGUARD", verdicts.SCANNER),
    "Bing's preview": (f"{BROWSER} BingPreview/1.0b", verdicts.PREVIEW),
    "Skype": ("Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5", verdicts.PREVIEW),
    "Teams": ("MicrosoftPreview/1.0", verdicts.PREVIEW),
    "Slack": ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", verdicts.PREVIEW),
    "Facebook": ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", verdicts.PREVIEW),
    "LinkedIn": (
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Jakarta Commons-HttpClient/3.1 +http://www.linkedin.com)",
        verdicts.PREVIEW,
    ),
    "Snapchat": ("Snap URL Preview Service; bot; snapchat; https://developers.snap.com/robots", verdicts.PREVIEW),
    "WhatsApp": ("WhatsApp/2.23.20.0 A", verdicts.PREVIEW),
    "Googlebot": ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", verdicts.CRAWLER),
    "FeedBurner": ("FeedBurner/1.0 (http://www.FeedBurner.com)", verdicts.CRAWLER),
    "requests": ("python-requests/2.32.3", verdicts.SCRIPT),
    "aiohttp": ("Python/3.9 aiohttp/3.8.1", verdicts.SCRIPT),
    "urllib": ("Python-urllib/3.12", verdicts.SCRIPT),
    "Go": ("Go-http-client/2.0", verdicts.SCRIPT),
    "curl": ("curl/8.9.1", verdicts.SCRIPT),
    "Java": ("Java/17.0.2", verdicts.SCRIPT),
    "AHC": ("AHC/2.1", verdicts.SCRIPT),
    "Lua": ("lua-resty-http/0.10 (Lua) ngx_lua/10019", verdicts.SCRIPT),
    "headless": ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/142.0.0.0", verdicts.SCRIPT),
    "nothing": ("", verdicts.SCRIPT),
}


def verdict(
    agent: str = BROWSER,
    *,
    is_open: bool = True,
    note: str = "",
    network: Network = Network.UNKNOWN,
    age: float | None = 3600,
    is_rehearsal: bool = False,
) -> str:
    return judge(Request(is_open, note, agent, network, age, is_rehearsal))


@pytest.mark.parametrize("name", PEOPLE)
def test_people_are_taken_for_people(name: str) -> None:
    assert verdict(PEOPLE[name]) == verdict(PEOPLE[name], is_open=False) == verdicts.HUMAN


@pytest.mark.parametrize("name", MACHINES)
def test_machines_are_taken_for_machines(name: str) -> None:
    agent, expected = MACHINES[name]
    assert verdict(agent) == verdict(agent, is_open=False) == expected


def test_apples_proxy_opens_for_nobody() -> None:
    assert verdict("Mozilla/5.0", network=Network.RELAY) == verdicts.APPLE_PROXY
    assert verdict("Mozilla/5.0", is_open=False) == verdicts.SCANNER


def test_person_behind_apples_relay_is_a_person() -> None:
    assert verdict(PEOPLE["Safari on a phone"], is_open=False, network=Network.RELAY, age=60) == verdicts.HUMAN


@pytest.mark.parametrize(("note", "expected"), [("head", "head"), ("prefetch", "prefetch"), ("hidden", "hidden link")])
def test_what_the_web_process_noted_counts_whatever_the_program_calls_itself(note: str, expected: str) -> None:
    assert verdict(note=note) == verdict(GMAIL, note=note) == expected


def test_scripts_stand_for_readers_in_a_rehearsal_and_scanners_do_not() -> None:
    assert verdict("curl/8.9.1", is_rehearsal=True) == verdict("", is_rehearsal=True) == verdicts.HUMAN
    assert verdict("BarracudaCentral-LinkCheck/1.0", is_rehearsal=True) == verdicts.SCANNER
    assert verdict("Mozilla/5.0", is_rehearsal=True) == verdicts.APPLE_PROXY
    assert verdict(is_rehearsal=True, network=Network.CLOUD, age=0) == verdicts.HUMAN


@pytest.mark.parametrize(
    ("is_open", "network", "age", "expected"),
    [
        (True, Network.UNKNOWN, 0.4, verdicts.TOO_SOON),
        (True, Network.UNKNOWN, 4, verdicts.HUMAN),  # a mail program open on a desk
        (False, Network.UNKNOWN, 4, verdicts.TOO_SOON),  # to see, open, read and click takes longer
        (False, Network.UNKNOWN, 15, verdicts.HUMAN),
        (False, Network.UNKNOWN, None, verdicts.HUMAN),  # nobody knows when it was delivered
        (True, Network.CLOUD, 9, verdicts.CLOUD),
        (False, Network.CLOUD, 43, verdicts.CLOUD),
        (False, Network.CLOUD, 290, verdicts.CLOUD),
        (False, Network.CLOUD, 7200, verdicts.HUMAN),  # people behind a company's gateway
        (True, Network.OFFICE, 9, verdicts.CLOUD),
        (True, Network.OFFICE, 120, verdicts.HUMAN),  # Outlook on the web loads its readers' pictures from there
        (False, Network.OFFICE, 120, verdicts.CLOUD),
        (True, Network.SECURITY, 7200, verdicts.SECURITY),
        (False, Network.SECURITY, None, verdicts.SECURITY),
        (False, Network.RELAY, 30, verdicts.HUMAN),
    ],
)
def test_place_and_time_together_tell_a_filter_that_calls_itself_a_browser(
    is_open: bool, network: Network, age: float | None, expected: str
) -> None:
    assert verdict(is_open=is_open, network=network, age=age) == expected


def test_gmails_proxy_is_its_reader_wherever_it_runs() -> None:
    assert verdict(GMAIL, network=Network.CLOUD, age=30) == verdicts.HUMAN


def test_every_verdict_is_said_in_words_and_fits_its_column() -> None:
    said = {value for name, value in vars(verdicts).items() if name.isupper() and isinstance(value, str) and value}
    assert said == set(verdicts.WORDS)
    assert max(map(len, said)) <= 20
