"""A campaign's openings and clicks as public sources describe them, each with the truth about who did it.

Written from those sources alone, without a look at what the scorer measures:
- putyourlightson/craft-campaign, issue 546: when filters load the picture and when they follow the links;
- check.live-direct-marketing.online, "Microsoft Defender link click pattern" and "Bot clicks from security scanners";
- MillionSend, pull request 22: fleets that follow one link only, and change their address and browser in between;
- warmbly, pull request 412: Outlook on the web loads pictures from Microsoft's networks;
- chimpmetrics.com, inntopia.com: a quarter of all openings within the first hour, the rest over days;
- wordtothewise.com, "Apple MPP": when Apple's proxy loads pictures.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import log
from random import Random

OPEN, CLICK, HIDDEN = "open", "click", "hidden"
HOUR = 3600.0

_WINDOWS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    f"Chrome/{version}.0.0.0 Safari/537.36"
    for version in range(124, 143)
]
_EDGE = [f"{agent} Edg/{version}.0.0.0" for agent, version in zip(_WINDOWS, range(124, 143), strict=True)]
_FIREFOX = [
    f"Mozilla/5.0 ({system}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"
    for system in ("X11; Linux x86_64", "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10.15")
    for version in range(128, 145, 3)
]
_THUNDERBIRD = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Thunderbird/140.3.0"
_OUTLOOK = [
    "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.14931; Pro)",
]
_ANDROID = [
    f"Mozilla/5.0 (Linux; Android {version}; {phone}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 "
    "Mobile Safari/537.36"
    for version, phone, chrome in (
        (13, "SM-A536B", 138),
        (14, "Pixel 8", 142),
        (15, "SM-S921B", 141),
        (14, "moto g", 136),
    )
]
_IPHONE = [
    f"Mozilla/5.0 (iPhone; CPU iPhone OS {version} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    f"Version/{version.replace('_', '.')} Mobile/15E148 Safari/604.1"
    for version in ("17_6", "18_1", "18_5", "26_0")
]
_GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
_GMAIL_AHEAD = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 "
    "Safari/537.36 Edge/12.246 Mozilla/5.0"
)
_YAHOO = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"
_PREVIEWS = [
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "WhatsApp/2.23.20.0 A",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Jakarta Commons-HttpClient/3.1 +http://www.linkedin.com)",
]
_NAMED_FILTERS = ["Barracuda Sentinel (EE)", "BarracudaCentral-LinkCheck/1.0", "CiscoSecureEmail/15.0", "SCMGUARD"]

# Where people are: access networks, as registries name them.
_HOMES = ["84.180", "91.10", "79.224", "81.152", "86.3", "2.28", "98.24", "73.92", "24.6", "82.65", "90.66", "188.192"]
_MOBILE = ["109.40", "80.187", "172.56", "107.77", "92.40", "37.169"]
_OFFICES = ["62.157", "217.91", "195.145", "80.153", "212.11", "213.61"]
# Where filters run. A quarter of them with hosters whose addresses no list of ours has.
_CLOUDS = [
    "3.9",
    "3.120",
    "18.184",
    "34.240",
    "44.206",
    "52.31",
    "54.172",
    "34.89",
    "35.205",
    "20.73",
    "40.113",
    "52.169",
]
_HOSTERS = ["51.68", "141.94", "95.216", "65.108", "172.104", "139.162", "129.146", "152.67", "45.76", "163.172"]
_VENDORS = ["67.231.150", "148.163.140", "205.139.110", "207.211.30", "209.222.82", "64.235.150"]
_RELAY = ["104.28.60", "146.75.160", "172.225.70", "172.224.230", "140.248.20"]
_MICROSOFT = ["20.73", "40.113", "52.169", "13.80"]


@dataclass(frozen=True)
class Act:
    """`link` counts from 0; None for an opening. `is_human` is the truth."""

    seconds: float
    mail: int
    kind: str
    link: int | None
    agent: str
    ip: str
    is_human: bool
    who: str
    note: str = ""


@dataclass
class Campaign:
    seed: int
    people: int = 500
    links: int = 9
    emails: list[str] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self._write_to_private_people()
        self._write_to_companies()
        self.acts.sort(key=lambda act: act.seconds)

    # Who gets the mail

    def _write_to_private_people(self) -> None:
        temperaments: list[tuple[float, Callable[[int], None]]] = [
            (0.10, self._quick_clicker),
            (0.14, self._reader_at_night),
            (0.20, self._phone_with_apple_mail),
            (0.22, self._gmail_reader),
            (0.06, self._yahoo_reader),
            (0.06, self._outlook_on_the_web),
            (0.02, self._behind_rented_addresses),
            (0.20, self._nobody),
        ]
        weights, habits = [weight for weight, _ in temperaments], [habit for _, habit in temperaments]
        domains = ["gmail.com", "yahoo.com", "outlook.com", "icloud.com", "web.de", "gmx.net", "t-online.de"]
        for number in range(int(self.people * 0.6)):
            mail = self._mail(f"reader{number}@{self.random.choice(domains)}")
            self.random.choices(habits, weights)[0](mail)

    def _write_to_companies(self) -> None:
        company = 0
        while len(self.emails) < self.people:
            company += 1
            size = self.random.choice([1, 1, 2, 3, 5, 8, 14, 25])
            address = f"{self.random.choice(_OFFICES)}.{self.random.randrange(256)}.{self.random.randrange(1, 255)}"
            standard_browser = self.random.choice(_EDGE + _WINDOWS)
            protection = self.random.choices([None, self._clicks_everything, self._only_fetches], [0.35, 0.4, 0.25])[0]
            rush = self.random.uniform(60, 3 * HOUR)  # when the office gets to its mail
            for number in range(size):
                mail = self._mail(f"person{number}@company{company}.example")
                if protection:
                    protection(mail, company)
                habit = self.random.choices(
                    [self._at_the_desk, self._clicks_through_all, self._forwards, None], [0.42, 0.1, 0.05, 0.43]
                )[0]
                if habit:
                    habit(mail, address, standard_browser, rush)

    def _mail(self, email: str) -> int:
        self.emails.append(f"s{self.seed}-{email}")
        return len(self.emails) - 1

    # People

    def _quick_clicker(self, mail: int) -> None:
        """Sees the notification; mail program and browser of a phone."""
        opened = 6 + self.random.lognormvariate(log(35), 0.8)
        self._person(mail, opened, OPEN, _GMAIL, self._google(), "quick clicker")
        at = opened + self.random.uniform(5, 40)
        for _ in range(self.random.choice([1, 1, 1, 2, 3])):
            self._click(mail, at, self.random.choice(_ANDROID), self._at(_MOBILE), "quick clicker")
            at += self.random.uniform(6, 60)

    def _reader_at_night(self, mail: int) -> None:
        agent = self.random.choice([_THUNDERBIRD, *_FIREFOX])
        opened = self.random.uniform(9, 14) * HOUR + self.random.expovariate(1 / HOUR)
        home = self._at(_HOMES)
        for again in range(self.random.choice([1, 1, 2, 3])):
            self._person(mail, opened + again * 400, OPEN, agent, home, "reader at night")
        if self.random.random() < 0.35:
            self._click(
                mail, opened + self.random.uniform(20, 300), self.random.choice(_FIREFOX), home, "reader at night"
            )

    def _phone_with_apple_mail(self, mail: int) -> None:
        """Apple's proxy loads the picture when the phone has time for it; the person clicks from Safari."""
        if self.random.random() < 0.9:
            for _ in range(self.random.choice([1, 1, 1, 2])):
                at = self.random.lognormvariate(log(1.5 * HOUR), 1.6)
                self._machine(mail, at, OPEN, "Mozilla/5.0", self._at(_RELAY, 1), "Apple's proxy")
        if self.random.random() < 0.25:
            at = self._someday() + 10
            place = self._at(_RELAY, 1) if self.random.random() < 0.3 else self._at(_MOBILE + _HOMES)
            self._click(mail, at, self.random.choice(_IPHONE), place, "phone with Apple Mail")

    def _gmail_reader(self, mail: int) -> None:
        if self.random.random() < 0.15:
            self._machine(mail, self.random.uniform(1, 30), OPEN, _GMAIL_AHEAD, self._google(), "Gmail ahead")
        opened = self._someday()
        self._person(mail, opened, OPEN, _GMAIL, self._google(), "Gmail reader")
        if self.random.random() < 0.2:
            agent, place = self.random.choice(_WINDOWS + _ANDROID), self._at(_HOMES + _MOBILE)
            at = opened + self.random.uniform(8, 200)
            self._click(mail, at, agent, place, "Gmail reader")
            if self.random.random() < 0.25:
                self._preview(mail, at + self.random.uniform(20, 900))

    def _yahoo_reader(self, mail: int) -> None:
        opened = self._someday()
        self._person(mail, opened, OPEN, _YAHOO, self._at(["98.137", "67.195"]), "Yahoo reader")
        if self.random.random() < 0.2:
            self._click(
                mail,
                opened + self.random.uniform(8, 90),
                self.random.choice(_WINDOWS),
                self._at(_HOMES),
                "Yahoo reader",
            )

    def _outlook_on_the_web(self, mail: int) -> None:
        opened, agent = self._someday(), self.random.choice(_EDGE)
        self._person(mail, opened, OPEN, agent, self._at(_MICROSOFT), "Outlook on the web")
        if self.random.random() < 0.25:
            self._click(mail, opened + self.random.uniform(8, 120), agent, self._at(_HOMES), "Outlook on the web")

    def _behind_rented_addresses(self, mail: int) -> None:
        """A tunnel or a desktop in the cloud: the same networks as the filters', at people's times."""
        opened, agent, place = self._someday(), self.random.choice(_WINDOWS), self._at(_CLOUDS)
        self._person(mail, opened, OPEN, agent, place, "behind rented addresses")
        if self.random.random() < 0.4:
            self._click(mail, opened + self.random.uniform(8, 120), agent, place, "behind rented addresses")

    def _nobody(self, mail: int) -> None:
        """Four of five people with their pictures off, or on holiday, leave no trace."""

    def _at_the_desk(self, mail: int, address: str, browser: str, rush: float) -> None:
        opened = rush + self.random.expovariate(1 / (20 * 60))
        self._person(mail, opened, OPEN, self.random.choice(_OUTLOOK), address, "at the desk")
        if self.random.random() < 0.3:
            at = opened + self.random.uniform(6, 120)
            link = self._click(mail, at, browser, address, "at the desk")
            if self.random.random() < 0.2:  # a double click
                self._person(mail, at + self.random.uniform(0.1, 0.5), CLICK, browser, address, "at the desk", link)

    def _clicks_through_all(self, mail: int, address: str, browser: str, rush: float) -> None:
        """Reads every offer there is, one after the other, some in tabs opened in a row."""
        at = opened = rush + self.random.expovariate(1 / (20 * 60))
        self._person(mail, opened, OPEN, self.random.choice(_OUTLOOK), address, "clicks through all")
        pace = self.random.choice([(0.9, 2.2), (3, 15), (10, 90)])
        for link in range(self.links):
            at += self.random.uniform(*pace)
            self._person(mail, at, CLICK, browser, address, "clicks through all", link)

    def _forwards(self, mail: int, address: str, browser: str, rush: float) -> None:
        """To colleagues, who open the same mail within minutes, in the same office and elsewhere."""
        opened = rush + self.random.expovariate(1 / (20 * 60))
        self._person(mail, opened, OPEN, self.random.choice(_OUTLOOK), address, "forwarding office")
        forwarded = opened + self.random.uniform(30, 300)
        for _ in range(self.random.randrange(3, 9)):
            at = forwarded + self.random.expovariate(1 / 120)
            agent = self.random.choice([browser, *_OUTLOOK, *_IPHONE])
            place = address if self.random.random() < 0.8 else self._at(_MOBILE)
            self._person(mail, at, OPEN, agent, place, "forwarding office")
            if self.random.random() < 0.4:
                clicked = self.random.choice([browser, *_IPHONE])
                self._click(mail, at + self.random.uniform(4, 60), clicked, place, "forwarding office")

    # Programs

    def _clicks_everything(self, mail: int, company: int) -> None:
        """Loads the picture, then follows the links with a browser's name from changing rented addresses."""
        fleet = Random(self.seed * 1000 + company)
        unlisted = fleet.random() < 0.25
        places = [self._at(_HOSTERS if unlisted else _CLOUDS, using=fleet) for _ in range(4)]
        who = "filter that clicks, unlisted" if unlisted else "filter that clicks"
        pictured = self.random.lognormvariate(log(7.6), 0.97)
        self._machine(mail, pictured, OPEN, self.random.choice(_WINDOWS), self.random.choice(places), who)
        low, high = self.random.choices(
            [(4, 10), (10, 20), (20, 60), (60, 300), (300, 1800), (HOUR, 20 * HOUR)], [0.5, 2.2, 66.4, 28.3, 1.9, 0.7]
        )[0]
        at = self.random.uniform(low, high)
        links = list(range(self.links))
        self.random.shuffle(links)
        if self.random.random() < 0.12:
            links = links[:1]
        pause = self.random.choices([(0.005, 0.08), (0.3, 1.05)], [0.8, 0.2])[0]
        one_place, one_agent = self.random.choice(places), self.random.choice(_WINDOWS)
        changes = self.random.random() < 0.5
        for number, link in enumerate(links):
            place = self.random.choice(places) if changes else one_place
            agent = self.random.choice(_WINDOWS) if changes else one_agent
            self._machine(mail, at, CLICK, agent, place, who, link)
            if number == 0 and len(links) > 1 and self.random.random() < 0.7:
                self._machine(mail, at + 0.01, HIDDEN, agent, place, who)
            at += self.random.uniform(*pause)

    def _only_fetches(self, mail: int, company: int) -> None:
        """Loads the picture and asks for the links without following them, some under their own name."""
        fleet = Random(self.seed * 1000 + company)
        kind = fleet.choice(["named", "vendor", "cloud", "cloud"])
        agent = fleet.choice(_NAMED_FILTERS if kind == "named" else _WINDOWS)
        place = self._at(_VENDORS if kind == "vendor" else _CLOUDS, 1 if kind == "vendor" else 2, using=fleet)
        at = self.random.lognormvariate(log(9), 0.8)
        self._machine(mail, at, OPEN, agent, place, "filter that fetches")
        if self.random.random() < 0.6:
            for link in range(self.links):
                at += self.random.uniform(0.01, 0.4)
                self._machine(mail, at, CLICK, agent, place, "filter that fetches", link, note="head")

    def _preview(self, mail: int, at: float) -> None:
        agent, link = self.random.choice(_PREVIEWS), self.random.randrange(self.links)
        self._machine(mail, at, CLICK, agent, self._at(_CLOUDS), "link preview", link)

    # How it is put down

    def _person(self, mail: int, at: float, kind: str, agent: str, ip: str, who: str, link: int | None = None) -> None:
        self.acts.append(Act(at, mail, kind, link, agent, ip, True, who))

    def _machine(
        self, mail: int, at: float, kind: str, agent: str, ip: str, who: str, link: int | None = None, note: str = ""
    ) -> None:
        self.acts.append(Act(at, mail, kind, link, agent, ip, False, who, note))

    def _click(self, mail: int, at: float, agent: str, ip: str, who: str) -> int:
        link = min(int(self.random.expovariate(0.6)), self.links - 1)  # what stands first is clicked most
        self._person(mail, at, CLICK, agent, ip, who, link)
        return link

    def _someday(self) -> float:
        """A quarter within the first hour, half within four, the rest over days."""
        return 8 + self.random.lognormvariate(log(4 * HOUR), 2.0)

    def _google(self) -> str:
        return self._at(["66.249.80", "66.102.8", "74.125.210"], 1)

    def _at(self, beginnings: list[str], parts: int = 2, using: Random | None = None) -> str:
        random = using or self.random
        return ".".join([random.choice(beginnings), *(str(random.randrange(1, 255)) for _ in range(parts))])
