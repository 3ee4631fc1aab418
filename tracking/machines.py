"""Human or machine: pure, from what a request showed. Nothing is thrown away; the verdict only says where it counts.

Image proxies that fetch when a person opens (Gmail, Yahoo) are people. Apple's proxy fetches whether or not anybody
opens, and security products fetch and click before the person can: machines.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HUMAN = ""
HEAD = "head"
APPLE_PROXY = "apple proxy"
PREFETCH = "prefetch"
SCANNER = "scanner"
SCRIPT = "script"
BURST = "all links at once"

# Clients of Apple's proxy name themselves so, to the letter; no browser does.
_APPLE = "Mozilla/5.0"

# Gmail fetches ahead under this ancient Edge; an opening by a person carries "GoogleImageProxy" instead.
_PREFETCHING = "Edge/12.246 Mozilla/5.0"

_PROXIES_OF_PEOPLE = ("googleimageproxy", "yahoomailproxy", "ggpht.com")

_SCANNERS = (
    "barracuda",
    "proofpoint",
    "mimecast",
    "ciscosecureemail",
    "ironport",
    "tmes",
    "trendmicro",
    "trend micro",
    "microsoft-urlanalyzer",
    "safelinks",
    "bingpreview",
    "skypeuripreview",
    "messagelabs",
    "symantec",
    "sophos",
    "forcepoint",
    "fireeye",
    "trellix",
    "mcafee",
    "kaspersky",
    "bitdefender",
    "vadesecure",
    "vade secure",
    "checkpoint",
    "check point",
    "fortinet",
    "fortiguard",
    "paloalto",
    "zscaler",
    "urlscan",
    "phishtank",
    "virustotal",
    "google-safety",
    "googlebot",
    "bingbot",
    "yandexbot",
    "baiduspider",
    "applebot",
    "duckduckbot",
    "facebookexternalhit",
    "twitterbot",
    "linkedinbot",
    "slackbot",
    "slack-imgproxy",
    "discordbot",
    "telegrambot",
    "whatsapp",
    "crawler",
    "spider",
    "linkcheck",
    "link check",
)

_SCRIPTS = (
    "curl/",
    "wget/",
    "python-requests",
    "python-urllib",
    "python-httpx",
    "python/",
    "aiohttp",
    "go-http-client",
    "java/",
    "apache-httpclient",
    "okhttp",
    "libwww-perl",
    "lwp::simple",
    "ruby",
    "guzzlehttp",
    "node-fetch",
    "axios/",
    "undici",
    "winhttp",
    "powershell",
    "headlesschrome",
    "phantomjs",
    "scrapy",
    "httpclient",
)

_BURST_SPAN = timedelta(seconds=10)
_AFTER_ACCEPTANCE = timedelta(minutes=2)
_BURST_LINKS = 3


@dataclass(frozen=True, slots=True)
class Click:
    at: datetime
    link_id: int


def judge(*, user_agent: str, is_head: bool, is_open: bool, is_rehearsal: bool) -> str:
    """Why one request is a machine's, or HUMAN.

    Nobody but the people who try it out has a rehearsal's mail: their scripts and headless browsers stand for readers.
    """
    if is_head:
        return HEAD
    agent = user_agent.strip()
    if agent == _APPLE:
        return APPLE_PROXY if is_open else SCANNER
    if agent.endswith(_PREFETCHING):
        return PREFETCH
    lowered = agent.lower()
    if any(mark in lowered for mark in _PROXIES_OF_PEOPLE):
        return HUMAN
    if any(mark in lowered for mark in _SCANNERS):
        return SCANNER
    if not is_rehearsal and (not agent or any(mark in lowered for mark in _SCRIPTS)):
        return SCRIPT
    return HUMAN


def burst(clicks: Iterable[Click], *, links_in_mail: int, accepted_at: datetime | None) -> Sequence[Click]:
    """The clicks on one mail that no hand makes: soon after acceptance, every link of it within seconds.

    Fewer than three links prove nothing, and neither does a reader who works through a mail later in the day.
    """
    if links_in_mail < _BURST_LINKS or accepted_at is None:
        return ()
    early = sorted((click for click in clicks if click.at - accepted_at <= _AFTER_ACCEPTANCE), key=lambda c: c.at)
    for first in early:
        together = [click for click in early if first.at <= click.at <= first.at + _BURST_SPAN]
        if len({click.link_id for click in together}) >= links_in_mail:
            return together
    return ()
