"""Programs, devices and countries of the people who opened and clicked. From sums alone."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from importlib import resources

from django.db.models import Sum

from tracking.clients import Device
from tracking.models import Breakdown, EventKind

DEFINITIONS = {
    "clients": "The program that loaded the pictures or followed a link, as it names itself. Somebody with two programs"
    " counts once, with the first we saw. Gmail and Yahoo fetch pictures for their readers, which hides the program"
    " behind them; a browser that opened a mail stands for a web mail; Apple Mail that hides its readers counts as a"
    " machine and is not here.",
    "devices": "What the program says it runs on. Who reads through a proxy is not known, and an iPad that asks for"
    " desktop pages counts as a computer. Each person counts once, with the first device we saw.",
    "countries": "Where the reader’s address belongs, by the GeoIP file of this installation. Who reads through a proxy"
    " is left out, because only the proxy’s address is seen. The address itself is not kept.",
}

_DEVICES = {
    Device.PHONE: "Phone",
    Device.TABLET: "Tablet",
    Device.COMPUTER: "Computer",
    Device.UNKNOWN: "Not known (hidden by a proxy)",
}
_MOST = 12  # rows of a table, beyond which the rest is summed


@dataclass(frozen=True, slots=True)
class Row:
    """Widths are of its bars, in percent of the longest one of its table."""

    label: str
    opened: int
    clicked: int
    opened_width: int
    clicked_width: int


@dataclass(frozen=True, slots=True)
class Table:
    key: str
    title: str
    heading: str  # of the first column
    definition: str
    rows: list[Row]
    counts: list[tuple[str, int, int]]  # the same without an end: name, opened, clicked


_Counts = tuple[int, int]  # people who opened, people who clicked


def tables(batch_ids: Collection[int]) -> list[Table]:
    """Those that have rows, each with the most frequent first."""
    kinds = (EventKind.OPEN, EventKind.CLICK)
    found = Breakdown.objects.filter(batch_id__in=batch_ids, by__in=_SHOWN, kind__in=kinds, is_machine=False)
    people: dict[tuple[str, str], dict[int, int]] = {}
    for by, value, kind, count in found.values_list("by", "value", "kind").annotate(people=Sum("people")):
        if count:
            people.setdefault((by, value), {})[kind] = count
    made = []
    for by, (key, title, heading, label) in _SHOWN.items():
        counts = {
            label(value): (of.get(EventKind.OPEN, 0), of.get(EventKind.CLICK, 0))
            for (other, value), of in people.items()
            if other == by
        }
        if counts:
            ordered = sorted(counts.items(), key=lambda row: (-sum(row[1]), row[0]))
            every = [(name, opened, clicked) for name, (opened, clicked) in ordered]
            made.append(Table(key, title, heading, DEFINITIONS[key], _rows(ordered), every))
    return made


def country(code: str) -> str:
    return _countries().get(code, code)


def _device(value: str) -> str:
    return _DEVICES[Device(value)]


_SHOWN: dict[str, tuple[str, str, str, Callable[[str], str]]] = {
    Breakdown.By.CLIENT.value: ("clients", "Mail programs", "Program", str),
    Breakdown.By.DEVICE.value: ("devices", "Devices", "Device", _device),
    Breakdown.By.COUNTRY.value: ("countries", "Countries", "Country", country),
}


def _rows(ordered: list[tuple[str, _Counts]]) -> list[Row]:
    """Beyond a dozen the rest is one row."""
    if len(ordered) > _MOST:
        rest = [of for _, of in ordered[_MOST - 1 :]]
        summed = sum(opened for opened, _ in rest), sum(clicked for _, clicked in rest)
        ordered = [*ordered[: _MOST - 1], (f"{len(rest)} more", summed)]
    longest = max(max(of) for _, of in ordered)
    return [
        Row(label, opened, clicked, round(100 * opened / longest), round(100 * clicked / longest))
        for label, (opened, clicked) in ordered
    ]


@cache
def _countries() -> dict[str, str]:
    """Names by two letters, as the time zone database has them: short, in English and kept up to date."""
    text = resources.files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    return dict(line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
