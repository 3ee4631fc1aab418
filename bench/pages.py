"""`bench reports` and `bench pages`: how long pages take with little and with much behind them.

A year of the demo multiplied (see bench.growing), the product's web server as it runs, one reader who asks for one page
after the other. `seeded` says how what the pages show came there; `p95_ms` is the slowest page's of staff,
`recipients_p95_ms` of those that recipients see; `growth` the largest ratio of one page's between two sizes.
"""

import argparse
import http.client
import json
import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import psutil

from bench.stage import ROOT, stage

if TYPE_CHECKING:
    from accounts.models import User
    from delivery.models import Message

OWNER, PASSWORD = "demo@tallypost.example", "tally-post-demo"
_WARM_UP = 8
# People and weeks of what is multiplied: about ten thousand events, or a thousand people.
_BASE = {"reports": (900, 52), "pages": (1_000, 10)}


def reports(argv: list[str]) -> None:
    """Home, a report, a comparison of five, a person's timeline at 10 thousand, 1 and 20 million events."""
    _run("reports", "10000,1000000,20000000", argv)


def pages(argv: list[str]) -> None:
    """Contacts, segments, a person, campaigns, a report and Home with a million contacts and ten million events."""
    _run("pages", "10000000", argv, people=1_000_000)


def _run(name: str, events: str, argv: list[str], people: int = 0) -> None:
    parser = argparse.ArgumentParser(prog=f"python -m bench {name}")
    parser.add_argument("--json", action="store_true", help="one line instead of a table")
    parser.add_argument("--events", default=events, help="sizes, the smallest about 10,000")
    parser.add_argument("--people", type=int, default=people, help="contacts, about; 0: as many as the events need")
    parser.add_argument("--requests", type=int, default=60, help="of each page, after a warm-up")
    options = parser.parse_args(argv)
    found: dict[int, dict[str, Any]] = {}
    for size in map(int, options.events.split(",")):
        # In a process of its own: settings are read once, and each size has a database of its own.
        command = [sys.executable, "-m", "bench.pages", name, str(size), str(options.requests), str(options.people)]
        # What the web server says of itself stands before the last line.
        told = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=ROOT).stdout
        found[size] = json.loads(told.splitlines()[-1])
    _tell(name, found, options.json)


def _measure(name: str, events: int, requests: int, people: int) -> dict[str, Any]:
    with stage(name):
        from django.db import connection

        from bench import growing

        started = time.monotonic()
        fill(*_BASE[name])
        there = counted()
        times = max(1, round(people / there["contacts"] if people else events / there["events"]))
        if times == 1:
            _check()
        copied = growing.grow(times)
        copied += growing.repeat_acts(max(1, round(events / (there["events"] * times))))
        _as_jobs_leave_it()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
        all_there = counted()
        paths, recipients = _paths(name), _recipients_paths()
        connection.close()
        seconds = time.monotonic() - started
        seeded = {"seconds": round(seconds), "written_by_the_product": there, "rows_by_copy": copied, **_SEEDED}
        with product() as port:
            browser = Browser(port)
            found = {page: _page(browser, one, requests) for page, one in paths.items()}
            seen = {page: _page(browser, one, requests) for page, one in recipients.items()}
    return {"seeded": seeded, **all_there, "pages": found, "recipients": seen}


def _page(browser: "Browser", paths: Sequence[str], requests: int) -> dict[str, float]:
    browser.times(paths, _WARM_UP)
    before = _cpu_seconds()
    taken = browser.times(paths, requests)
    return {
        "p95_ms": p95(taken),
        "median_ms": round(median(taken), 1),
        # Of everything that runs for it, PostgreSQL too, which a busy machine changes less than the times.
        "cpu_ms": round((_cpu_seconds() - before) * 1000 / requests, 1),
    }


def p95(taken: Sequence[float]) -> float:
    found = sorted(taken)
    return round(found[int(len(found) * 0.95)], 1)


def _cpu_seconds() -> float:
    spent = 0.0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            spent += sum(process.cpu_times()[:2])
    return spent


def fill(people: int, weeks: int) -> None:
    from tools.demo import filling

    filling.fill(begin(), size=people, weeks=weeks)


def begin() -> "User":
    """An installation as it is after its first page; the owner, as whom a Browser logs in."""
    from accounts.organisation.setting_up import Owner, set_up

    return set_up(
        Owner(email=OWNER, password=PASSWORD, name="Ada Demo"),
        with_sample=False,
        name="Harbour Books",
        postal_address="7 Harbour Street\nBristol",
        time_zone="Europe/London",
        sender_name="Harbour Books",
        sender_email="news@harbour-books.example",
    )


# What the pages show that COPY does not write as such.
_SEEDED = {
    "contacts": "COPY; names of all folded for the search by the product",
    "segments": "six over these contacts, indexed and counted by the product",
    "person": "contacts, lists, consent, messages, tries, events: COPY",
    "campaigns, report, home": "messages, feedback, first times, events: COPY; sums of the same, multiplied in place",
}


def _as_jobs_leave_it() -> None:
    """Some segments, indexed and counted; all names where the search finds them: copies are past what notes them."""
    from django.db import connection

    from contacts.models import Segment
    from contacts.segments import counting, indexing
    from contacts.segments.rules import Group, Match, Rule, write
    from contacts.table import folding
    from contacts.tags import known

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO contacts_staleblock (block) SELECT DISTINCT id >> 6 FROM contacts_contact")
        cursor.execute("ANALYZE")
    folding.fold()
    rows = {
        **{f"Tagged {tag}": Rule("tag", {"how": "has", "tag": tag}) for tag in known()[:3]},
        "Not clicked in 90 days": Rule("clicked", {"how": "not-last", "days": "90"}),
        "Opened 3 of the last 5": Rule("recent", {"how": "opened", "least": "3", "last": "5"}),
        "On a list and asleep": Rule("list", {"how": "subscribed", "list": "any"}),
    }
    for name, row in rows.items():
        more = (rows["Not clicked in 90 days"],) if "asleep" in name else ()
        Segment.objects.create(name=name, rules=write(Group(Match.ALL, (row, *more))))
    indexing.keep(worth_people=0)
    counting.refresh()


def _check() -> None:
    """What is multiplied: the ledger's audit finds nothing, and sums equal a recount of events."""
    from bench import growing

    if problem := growing.disagreement():
        raise SystemExit(problem)


def counted() -> dict[str, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_COUNTED)
        return dict(zip(("contacts", "messages", "events"), cursor.fetchone() or (), strict=True))


_COUNTED = """
SELECT (SELECT count(*) FROM contacts_contact), (SELECT count(*) FROM delivery_message),
    (SELECT count(*) FROM tracking_event)
"""


def _paths(name: str) -> dict[str, list[str]]:
    """The largest campaigns, and people of whom much is known."""
    from django.urls import reverse

    from campaigns.models import Campaign
    from contacts.models import Contact

    largest = list(Campaign.objects.exclude(batch=None).order_by("-batch__total").values_list("pk", flat=True)[:10])
    known = list(
        Contact.objects.filter(last_clicked_at__isnull=False).order_by("created_at").values_list("pk", flat=True)[:200]
    )
    chosen = random.Random(7).sample(known, min(60, len(known)))
    five = urlencode({"campaign": largest[:5]}, doseq=True)
    found = {
        "home": ["/"],
        "report": [reverse("campaign", args=[pk]) for pk in largest],
        "person": [reverse("contact", args=[pk]) for pk in chosen],
    }
    if name == "reports":
        return {**found, "compare": [f"{reverse('report-compare')}?{five}"]}
    return {**found, **_table(), **_lists(), **_segments(), "campaigns": [reverse("campaigns")]}


def _recipients_paths() -> dict[str, list[str]]:
    """What stands behind the links of a mail, for some of the people of the largest campaign."""
    from campaigns.models import Campaign
    from delivery.models import Batch, Message
    from tracking.public import addresses

    batch = Batch.objects.get(pk=Campaign.objects.exclude(batch=None).order_by("-batch__total").values("batch")[:1])
    sent = Message.objects.filter(batch=batch, id__gte=batch.first_id, contact_id__isnull=False)
    mails = list(sent.order_by("id")[:40])
    leaving = [addresses.unsubscribe_url("", mail.contact_id or 0, mail.batch_id) for mail in mails]
    _ask_to_confirm(mails)
    return {
        "unsubscribe": leaving,
        "choices": [addresses.preferences_url(url) for url in leaving],
        "the mail": [addresses.view_url("", mail.id) for mail in mails],
        "confirmation": [addresses.confirm_url("", mail.id) for mail in mails],
    }


def _ask_to_confirm(mails: "Sequence[Message]") -> None:
    """As if each of these mails had been about a sign-up."""
    from django.utils import timezone

    from contacts.models import MailingList, SignupForm, SignupRequest
    from contacts.signup.models import SignupLetter

    form, now = SignupForm.objects.create(name="Newsletter"), timezone.now()
    form.lists.set(MailingList.objects.all())
    about = {"form": form, "lists": list(form.lists.values_list("pk", flat=True)), "language": "en"}
    for mail in mails:
        times = {"asked_at": now, "expires_at": now + form.time_to_confirm}
        asked = SignupRequest.objects.create(**about, **times, email=mail.email, key=mail.email)
        letter = {"request": asked, "key": mail.email, "kind": SignupLetter.Kind.CONFIRM, "at": now}
        SignupLetter.objects.create(message_id=mail.id, **letter)


def _table() -> dict[str, list[str]]:
    """The table of people: its first page and one far down, searched, narrowed down and sorted."""
    from contacts.filtering import State
    from contacts.models import Contact, MailingList
    from contacts.tags import known

    found: dict[str, list[dict[str, Any]]] = {
        "contacts": [{}],
        "contacts, deep": [{"before": pk} for pk in _spread(Contact.objects.order_by("pk"))],
        "contacts, searched": [{"q": words} for words in ("pengelly", "ana", "brunel@gmail", "c99.", "nobody at all")],
        "contacts, searched and sorted": [{"q": words, "sort": "name"} for words in ("pengelly", "c997")],
        "contacts, by list": [{"list": pk} for pk in MailingList.objects.values_list("pk", flat=True)[:5]],
        "contacts, by tag": [{"tag": tag} for tag in known()[:5]],
        "contacts, by state": [{"state": state} for state in State.values],
        "contacts, list and search": [{"list": MailingList.objects.order_by("pk")[0].pk, "q": "ana"}],
    }
    for sort in ("name", "email", "clicked"):
        found[f"contacts, sorted by {sort}"] = [
            {"sort": sort},
            *({"sort": sort, "before": pk} for pk in _spread(Contact.objects.order_by("pk"))),
        ]
    return {page: [f"/contacts/?{urlencode(query)}" for query in queries] for page, queries in found.items()}


def _lists() -> dict[str, list[str]]:
    """The largest lists, and the part of their page that follows by itself."""
    from django.db.models import Count
    from django.urls import reverse

    from contacts.models import MailingList

    largest = MailingList.objects.annotate(people=Count("subscriptions")).order_by("-people")[:5]
    pages = [one.get_absolute_url() for one in largest]
    return {"lists": [reverse("lists")], "list": pages, "list, counted": [f"{page}?exact=1" for page in pages]}


def _segments() -> dict[str, list[str]]:
    from django.urls import reverse

    from contacts.models import Segment

    keys = list(Segment.objects.values_list("pk", flat=True))
    return {
        "segments": [reverse("segments")],
        "segment": [reverse("segment", args=[pk]) for pk in keys],
        "contacts, by segment": [f"/contacts/?segment={pk}" for pk in keys],
    }


def _spread(people: Any, parts: int = 7) -> list[int]:
    """Numbers of people at equal distances."""
    first, last = people.first().pk, people.last().pk
    return [first + (last - first) * part // parts for part in range(1, parts)]


class Browser:
    """One connection, one cookie jar."""

    def __init__(self, port: int) -> None:
        self._host = f"localhost:{port}"
        self._connection = http.client.HTTPConnection(self._host, timeout=120)
        self._cookies: dict[str, str] = {}
        page = self._ask("GET", "/login/")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        token = found[1] if found else ""
        self._ask("POST", "/login/", {"login": OWNER, "password": PASSWORD, "csrfmiddlewaretoken": token})
        if "sessionid" not in self._cookies:
            raise SystemExit("Logging in failed.")

    def times(self, paths: Sequence[str], requests: int) -> list[float]:
        """Milliseconds of each request."""
        taken = []
        for number in range(requests):
            started = time.perf_counter()
            self._ask("GET", paths[number % len(paths)])
            taken.append((time.perf_counter() - started) * 1000)
        return taken

    def _ask(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if fields:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://{self._host}{path}"}
        self._connection.request(method, path, urlencode(fields) if fields else None, headers)
        answer = self._connection.getresponse()
        body = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        if answer.status not in (200, 302) or (method == "GET" and answer.status == 302):
            raise SystemExit(f"{path}: {answer.status} {answer.headers.get('Location', '')} {body[:300]}")
        return body


@contextmanager
def product() -> Iterator[int]:
    """The public port and the processes of staff pages, as `make run` begins them."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = int(listening.getsockname()[1])
    commands: list[Callable[[], subprocess.Popen[bytes]]] = [
        lambda: subprocess.Popen([sys.executable, "-m", "config.web", "staff"], cwd=ROOT),
        lambda: subprocess.Popen([sys.executable, "-m", "config.web", "front", "--port", str(port)], cwd=ROOT),
    ]
    running = [command() for command in commands]
    try:
        _wait_for_page(port)
        yield port
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(20)


def _wait_for_page(port: int, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        page = http.client.HTTPConnection(f"localhost:{port}", timeout=30)
        with suppress(OSError, http.client.HTTPException):
            page.request("GET", "/login/")
            if page.getresponse().status == http.HTTPStatus.OK:
                return
        time.sleep(0.2)
    raise SystemExit("The web server did not start.")


def _tell(name: str, found: Mapping[int, dict[str, Any]], as_json: bool) -> None:
    result = {
        "bench": name,
        "p95_ms": max(page["p95_ms"] for size in found.values() for page in size["pages"].values()),
        "recipients_p95_ms": max(page["p95_ms"] for size in found.values() for page in size["recipients"].values()),
        "growth": _growth(found, "p95_ms"),
        "growth_of_median": _growth(found, "median_ms"),
        "growth_of_cpu": _growth(found, "cpu_ms"),
        "sizes": {str(size): one for size, one in found.items()},
    }
    print(json.dumps(result) if as_json else json.dumps(result, indent=2))


def _growth(found: Mapping[int, dict[str, Any]], of: str) -> float:
    """Of the page that grows most, the slowest size by the quickest."""
    by_page: dict[str, list[float]] = {}
    for size in found.values():
        for page, figures in size["pages"].items():
            by_page.setdefault(page, []).append(figures[of])
    return round(max(max(times) / min(times) for times in by_page.values()), 2)


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))))
