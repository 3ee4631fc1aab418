"""What people read mail with, and what their servers do before they read it. Pure."""

from dataclasses import dataclass

_BROWSER = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome"
_CHROME = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_BROWSER}/128.0.0.0 Safari/537.36"
_EDGE = f"{_CHROME} Edg/128.0.0.0"
_MAC = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6"
    " Safari/605.1.15"
)
_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6"
    " Mobile/15E148 Safari/604.1"
)
_IPAD = _IPHONE.replace("iPhone; CPU iPhone OS", "iPad; CPU OS")
_ANDROID = f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {_BROWSER}/128.0.0.0 Mobile Safari/537.36"
_SAMSUNG = _ANDROID.replace("Pixel 8", "SM-S911B")
_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
_THUNDERBIRD = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Thunderbird/128.2.0"
_OUTLOOK = (
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Win64; x64; Trident/7.0; .NET4.0C; .NET4.0E; Microsoft Outlook"
    " 16.0.17726; ms-office; MSOffice 16)"
)
_GMAIL_PROXY = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
_GMAIL_AHEAD = (
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_BROWSER}/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
)
_YAHOO_PROXY = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"
_APPLE_PROXY = "Mozilla/5.0"


@dataclass(frozen=True, slots=True)
class Client:
    """`opens` loads the pictures when its person reads; empty: only a proxy ever does, unasked. `ahead` loads them
    before. `shows` is the share of readings in which pictures are loaded at all."""

    name: str
    opens: str
    clicks: str
    ahead: str = ""
    ahead_share: float = 0.0
    shows: float = 1.0


@dataclass(frozen=True, slots=True)
class Scanner:
    """What an office's security product does with a mail, seconds after it came."""

    user_agent: str
    follows_links: bool


GMAIL = (
    (5, Client("Gmail on Android", _GMAIL_PROXY, _ANDROID, _GMAIL_AHEAD, 0.06)),
    (3, Client("Gmail in Chrome", _GMAIL_PROXY, _CHROME, _GMAIL_AHEAD, 0.06)),
    (2, Client("Gmail on an iPhone", _GMAIL_PROXY, _IPHONE, _GMAIL_AHEAD, 0.06)),
)
APPLE = (
    (6, Client("Mail on an iPhone", "", _IPHONE, _APPLE_PROXY, 0.94)),
    (2, Client("Mail on a Mac", "", _MAC, _APPLE_PROXY, 0.94)),
    (1, Client("Mail on an iPad", "", _IPAD, _APPLE_PROXY, 0.94)),
)
YAHOO = ((3, Client("Yahoo on Android", _YAHOO_PROXY, _ANDROID)), (1, Client("Yahoo in Chrome", _YAHOO_PROXY, _CHROME)))
MICROSOFT = (
    (3, Client("Outlook in Edge", _EDGE, _EDGE, shows=0.8)),
    (2, Client("Outlook for Windows", _OUTLOOK, _EDGE, shows=0.5)),
    (2, Client("Mail on an iPhone", "", _IPHONE, _APPLE_PROXY, 0.94)),
)
OTHERS = (
    (3, Client("Thunderbird", _THUNDERBIRD, _FIREFOX, shows=0.6)),
    (3, Client("Samsung Email", _SAMSUNG, _SAMSUNG)),
    (2, Client("Webmail in Chrome", _CHROME, _CHROME)),
    (1, Client("Mail on an iPhone", "", _IPHONE, _APPLE_PROXY, 0.94)),
)
OFFICE = ((4, Client("Outlook for Windows", _OUTLOOK, _EDGE, shows=0.5)), (1, Client("Outlook in Edge", _EDGE, _EDGE)))

BARRACUDA = Scanner("BarracudaCentral/1.0 (link check)", follows_links=False)
# Follows every link at once under the name of an ordinary browser: only its haste gives it away.
GATEWAY = Scanner(_CHROME.replace("128.0.0.0", "109.0.0.0"), follows_links=True)
CHAT_PREVIEW = "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"
