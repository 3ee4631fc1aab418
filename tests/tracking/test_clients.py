"""User agents of real mail programs, proxies and browsers, as they come in with openings and clicks."""

import subprocess
import sys

import pytest

from tracking.clients import client_of

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
WEB_VIEW = "AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.6099.43 Mobile Safari/537.36"

OPENED = [
    (
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        "Gmail (through its proxy)",
        "unknown",
    ),
    (
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "Yahoo Mail (through its proxy)",
        "unknown",
    ),
    ("DuckDuckGo-Image-Proxy", "DuckDuckGo (through its proxy)", "unknown"),
    (MAC, "Apple Mail", "computer"),
    (f"{IPHONE} Mobile/15E148", "Apple Mail", "phone"),
    (
        "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
        "Apple Mail",
        "tablet",
    ),
    (
        "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Win64; x64; Trident/7.0; .NET4.0C; .NET4.0E; "
        "Microsoft Outlook 16.0.4266; ms-office; MSOffice 16)",
        "Outlook",
        "computer",
    ),
    ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.10730; Pro)", "Outlook", "computer"),
    (f"{MAC} MacOutlook/16.78.23100802 (Intelx64 Mac OS X Version 13.6)", "Outlook", "computer"),
    (f"{WINDOWS} {CHROME} Safari/537.36 Edg/142.0.0.0 OneOutlook/1.2025.516.400", "New Outlook", "computer"),
    ("Outlook-iOS/709.2226530.prod.iphone (3.24.1)", "Outlook", "phone"),
    (f"Mozilla/5.0 (Linux; Android 13; SM-G991B; wv) {WEB_VIEW} Outlook-Android/2.0", "Outlook", "phone"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.1.0", "Thunderbird", "computer"),
    (f"Mozilla/5.0 (Linux; Android 12; SM-A525F; wv) {WEB_VIEW} SamsungEmail/6.1.82.0", "Samsung Email", "phone"),
    (f"Mozilla/5.0 (Linux; Android 13; Pixel 6 Build/TQ3A; wv) {WEB_VIEW}", "Mail app on Android", "phone"),
    (f"{WINDOWS} {CHROME} Safari/537.36 eM_Client/10.1", "eM Client", "computer"),
    ("Mozilla/4.0 (compatible; Lotus-Notes/6.0; Windows-NT)", "HCL Notes", "computer"),
    # Read in a web mail.
    (f"{WINDOWS} {CHROME} Safari/537.36", "Browser: Chrome", "computer"),
    (f"{WINDOWS} {CHROME} Safari/537.36 Edg/142.0.0.0", "Browser: Edge", "computer"),
    ("", "Other", "unknown"),
    ("\x00\xff" * 100, "Other", "unknown"),
    ("MyOwnMailer/3.1 (+https://example.org)", "Other", "unknown"),
]
CLICKED = [
    (f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36", "Browser: Chrome", "phone"),
    (f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Safari/537.36", "Browser: Chrome", "tablet"),
    (f"{IPHONE} Version/18.5 Mobile/15E148 Safari/604.1", "Browser: Safari", "phone"),
    (f"{MAC} Version/18.1 Safari/605.1.15", "Browser: Safari", "computer"),
    (f"{WINDOWS[:-1]}; rv:145.0) Gecko/20100101 Firefox/145.0", "Browser: Firefox", "computer"),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 "
        "Chrome/130.0.0.0 Mobile Safari/537.36",
        "Browser: Samsung Internet",
        "phone",
    ),
    (f"{IPHONE} Mobile/15E148", "App on iPhone or iPad", "phone"),
    (f"{IPHONE} Mobile/20B82 Instagram 262.0.0.14.103", "App: Instagram", "phone"),
]


@pytest.mark.parametrize(("agent", "name", "device"), OPENED, ids=[f"{n} {d}" for _, n, d in OPENED])
def test_program_that_opened_is_known_by_the_name_people_give_it(agent: str, name: str, device: str) -> None:
    assert client_of(agent, True) == (name, device)


@pytest.mark.parametrize(("agent", "name", "device"), CLICKED, ids=[f"{n} {d}" for _, n, d in CLICKED])
def test_program_that_followed_a_link_is_known_by_the_name_people_give_it(agent: str, name: str, device: str) -> None:
    assert client_of(agent, False) == (name, device)


def test_patterns_are_loaded_by_nobody_who_does_not_look_one_up() -> None:
    code = "import sys, tracking.clients; assert not [name for name in sys.modules if name.startswith('ua_parser')]"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
