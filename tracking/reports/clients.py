"""Programs, devices and countries of the people who opened and clicked. From sums alone."""

from collections.abc import Callable, Sequence
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
    label: str
    opened: int
    clicked: int
    width: int  # of its bar, in percent of the longest


@dataclass(frozen=True, slots=True)
class Table:
    """`key` also names its definition."""

    key: str
    title: str
    heading: str  # of the first column
    definition: str
    rows: list[Row]


def tables(batch_ids: Sequence[int]) -> list[Table]:
    """Those that have rows."""
    found = [
        _table(batch_ids, Breakdown.By.CLIENT, "clients", "Mail programs", "Program", str),
        _table(batch_ids, Breakdown.By.DEVICE, "devices", "Devices", "Device", _device),
        _table(batch_ids, Breakdown.By.COUNTRY, "countries", "Countries", "Country", country),
    ]
    return [table for table in found if table.rows]


def country(code: str) -> str:
    return _countries().get(code, code)


def _device(value: str) -> str:
    return _DEVICES[Device(value)]


def _table(
    batch_ids: Sequence[int], by: Breakdown.By, key: str, title: str, heading: str, label: Callable[[str], str]
) -> Table:
    kinds = (EventKind.OPEN, EventKind.CLICK)
    found = Breakdown.objects.filter(batch_id__in=batch_ids, by=by, kind__in=kinds, is_machine=False)
    people: dict[str, dict[int, int]] = {}
    for value, kind, count in found.values_list("value", "kind").annotate(people=Sum("people")):
        if count:
            people.setdefault(value, {})[kind] = count
    rows = [(label(value), of.get(EventKind.OPEN, 0), of.get(EventKind.CLICK, 0)) for value, of in people.items()]
    rows.sort(key=lambda row: (-row[1] - row[2], row[0]))
    if len(rows) > _MOST:
        rest = rows[_MOST - 1 :]
        rows = [*rows[: _MOST - 1], (f"{len(rest)} more", sum(row[1] for row in rest), sum(row[2] for row in rest))]
    longest = max((max(opened, clicked) for _, opened, clicked in rows), default=0)
    shown = [Row(name, opened, clicked, round(100 * max(opened, clicked) / longest)) for name, opened, clicked in rows]
    return Table(key, title, heading, DEFINITIONS[key], shown)


@cache
def _countries() -> dict[str, str]:
    """Names by two letters, as the time zone database has them: short, in English and kept up to date."""
    text = resources.files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    return dict(line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
