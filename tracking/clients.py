"""Which program a reader used, and on which kind of device, from what the program says of itself. Pure.

The library knows browsers and most mail programs. What it takes for something else comes first, and the proxies of
mailbox providers before everything: they hide the reader's device, and libraries take some of them for robots.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import cache
from typing import NamedTuple


class Device(StrEnum):
    PHONE = "phone"
    TABLET = "tablet"
    COMPUTER = "computer"
    UNKNOWN = "unknown"


class Client(NamedTuple):
    name: str
    device: Device


OTHER = "Other"
GMAIL_PROXY = "Gmail (through its proxy)"
YAHOO_PROXY = "Yahoo Mail (through its proxy)"
DUCKDUCKGO_PROXY = "DuckDuckGo (through its proxy)"
APPLE_MAIL = "Apple Mail"
APPLE_APP = "App on iPhone or iPad"
ANDROID_MAIL = "Mail app on Android"
ANDROID_APP = "App on Android"

_PROXIES = {
    "googleimageproxy": GMAIL_PROXY,
    "ggpht.com": GMAIL_PROXY,
    "yahoomailproxy": YAHOO_PROXY,
    "duckduckgo-image-proxy": DUCKDUCKGO_PROXY,
}
PROXIES = frozenset(_PROXIES.values())

# Marks that ua-parser 1.0.2 takes for a browser or for nothing; the first one found decides.
_MARKS = {
    "oneoutlook": "New Outlook",
    "macoutlook": "Outlook",
    "outlook-ios": "Outlook",
    "outlook-android": "Outlook",
    "microsoft outlook": "Outlook",
    "samsungemail": "Samsung Email",
    "samsung email": "Samsung Email",
    "yahoomobile": "Yahoo Mail",
    "em_client": "eM Client",
    "emclient": "eM Client",
    "postbox": "Postbox",
    "wlmcloud": "Windows Mail",
    "windows live mail": "Windows Mail",
    "airmail": "Airmail",
    "thunderbird": "Thunderbird",
    "betterbird": "Thunderbird",
    "evolution": "Evolution",
    "kmail": "KMail",
    "gmail/": "Gmail",
}

# Families of the library, of which some are words out of the user agent itself: what is not here is "Other", so that
# nobody can fill a table with names of their own making.
_FAMILIES = {
    "Apple Mail": APPLE_MAIL,
    "Outlook": "Outlook",
    "MacOutlook": "Outlook",
    "Outlook-iOS": "Outlook",
    "Windows Live Mail": "Windows Mail",
    "Thunderbird": "Thunderbird",
    "Lightning": "Thunderbird",
    "Lotus Notes": "HCL Notes",
    "Airmail": "Airmail",
    "Spark": "Spark",
    "Zimbra": "Zimbra",
    "The Bat!": "The Bat!",
    "Chrome": "Browser: Chrome",
    "Chrome Mobile": "Browser: Chrome",
    "Chrome Mobile iOS": "Browser: Chrome",
    "Chromium": "Browser: Chrome",
    "HeadlessChrome": "Browser: Chrome",
    "Firefox": "Browser: Firefox",
    "Firefox Mobile": "Browser: Firefox",
    "Firefox iOS": "Browser: Firefox",
    "Firefox (Shiretoko)": "Browser: Firefox",
    "Safari": "Browser: Safari",
    "Mobile Safari": "Browser: Safari",
    "Edge": "Browser: Edge",
    "Edge Mobile": "Browser: Edge",
    "Opera": "Browser: Opera",
    "Opera Mobile": "Browser: Opera",
    "Opera Mini": "Browser: Opera",
    "Opera Touch": "Browser: Opera",
    "IE": "Browser: Internet Explorer",
    "IE Mobile": "Browser: Internet Explorer",
    "Samsung Internet": "Browser: Samsung Internet",
    "Brave": "Browser: Brave",
    "DuckDuckGo Mobile": "Browser: DuckDuckGo",
    "DuckDuckGo": "Browser: DuckDuckGo",
    "Vivaldi": "Browser: Vivaldi",
    "Yandex Browser": "Browser: Yandex",
    "UC Browser": "Browser: UC Browser",
    "MiuiBrowser": "Browser: Xiaomi",
    "Huawei Browser": "Browser: Huawei",
    "Facebook": "App: Facebook",
    "Instagram": "App: Instagram",
    "LinkedIn": "App: LinkedIn",
    "Google": "App: Google",
}
# Pages inside an app: a picture of a mail is loaded in one by the mail program, a link is followed in one by any app.
_WEB_VIEWS = {
    "Mobile Safari UI/WKWebView": (APPLE_MAIL, APPLE_APP),
    "Chrome Mobile WebView": (ANDROID_MAIL, ANDROID_APP),
    "Android": (ANDROID_MAIL, ANDROID_APP),
}
_COMPUTERS = frozenset({"Windows", "Mac OS X", "Linux", "Ubuntu", "Fedora", "Debian", "Chrome OS", "FreeBSD"})


def client_of(user_agent: str, is_open: bool) -> Client:
    """`is_open`: it loaded the pictures of a mail, rather than following a link. Costs some 25 us: to be remembered."""
    lowered = user_agent.lower()
    for mark, name in _PROXIES.items():
        if mark in lowered:
            return Client(name, Device.UNKNOWN)
    family, system = _parser()(user_agent)
    return Client(_name(lowered, family, is_open), _device(lowered, system))


def _name(lowered: str, family: str, is_open: bool) -> str:
    for mark, name in _MARKS.items():
        if mark in lowered:
            return name
    if family in _WEB_VIEWS:
        mail, app = _WEB_VIEWS[family]
        return mail if is_open else app
    return _FAMILIES.get(family, OTHER)


def _device(lowered: str, system: str) -> Device:
    """A tablet on Android says so by not saying "Mobile"; an iPad that asks for desktop pages passes as a Mac."""
    if "ipad" in lowered:
        return Device.TABLET
    if "iphone" in lowered or "ipod" in lowered or system == "Windows Phone":
        return Device.PHONE
    if "android" in lowered:
        is_tablet = "mozilla" in lowered and "mobile" not in lowered
        return Device.TABLET if is_tablet else Device.PHONE
    return Device.COMPUTER if system in _COMPUTERS else Device.UNKNOWN


@cache
def _parser() -> Callable[[str], tuple[str, str]]:
    """(family, system) of a user agent.

    Only the process that stores events comes here, and not before the first one: the patterns take 20 MB and a quarter
    of a second. Those in Rust, because their time is linear whatever a stranger calls himself.
    """
    from ua_parser import Domain
    from ua_parser.loaders import load_builtins
    from ua_parser.regex import Resolver

    agents, systems, _ = load_builtins()
    resolver = Resolver((agents, systems, []))
    wanted = Domain.USER_AGENT | Domain.OS

    def parse(user_agent: str) -> tuple[str, str]:
        found = resolver(user_agent, wanted)
        return (
            found.user_agent.family if found.user_agent else "",
            found.os.family if found.os else "",
        )

    return parse
