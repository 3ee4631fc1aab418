"""Dates, numbers, amounts and counts as the language of a mail writes them: Unicode's CLDR, by Babel.

What a language asks for is worked out once, so that a value costs a few look-ups.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date as Date
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import DateTimeFormat, parse_pattern
from babel.numbers import (
    format_currency,
    get_currency_precision,
    get_decimal_symbol,
    get_group_symbol,
    get_minus_sign_symbol,
    is_currency,
)

from campaigns.merge import filters
from campaigns.merge.filters import printable

DEFAULT = "en"
_ENGLISH = {
    "short": "d MMM y",
    "long": "d MMMM y",
    "full": "EEEE, d MMMM y",
    "day": "d MMMM",
    "weekday": "EEEE, d MMMM",
    "month": "LLL",
    "year": "y",
}
_PLURAL_FORMS = ("zero", "one", "two", "few", "many", "other")
_FIELD = re.compile(r"%\((\w+)\)s")
_MONDAY = Date(2001, 1, 1)
_BY_TWOS = re.compile(r"(?<=\d)(?=(?:\d\d)*\d{3}\Z)")  # where South Asia sets its commas: 12,34,567


@cache
def filters_in(language: str) -> Mapping[str, Callable[..., Any]]:
    """Every filter by its name. `language`: a code such as de or pt-BR; English where Babel knows nothing of it."""
    writing = _Writing(_locale(language))
    own: dict[str, Callable[..., Any]] = {
        how.__name__: how for how in (writing.date, writing.number, writing.currency, writing.plural)
    }
    return filters.FILTERS | own


def knows_currency(code: str) -> bool:
    return is_currency(code.strip().upper())


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError, TypeError):
        return Locale(DEFAULT)


class _Writing:
    """The filters whose words depend on the language. What is no number, or no date, stays as it is."""

    def __init__(self, locale: Locale) -> None:
        self._locale = locale
        self._styles = {name: _DayPattern(pattern, locale) for name, pattern in _patterns(locale).items()}
        signs = {".": get_decimal_symbol(locale), ",": get_group_symbol(locale), "-": get_minus_sign_symbol(locale)}
        self._signs = str.maketrans({sign: own for sign, own in signs.items() if sign != own})
        self._is_by_twos = locale.decimal_formats[None].grouping == (3, 2)
        self._rule = locale.plural_form
        self._forms = [form for form in _PLURAL_FORMS if form == "other" or form in self._rule.tags]
        self._around = lru_cache(maxsize=256)(self._currency)

    def date(self, value: Any, style: Any = "short") -> str:
        """Styles short, long, full, day, weekday, month, year."""
        text = printable(value).strip()
        try:
            day = Date.fromisoformat(text[:10])
            if len(text) > 10:
                datetime.fromisoformat(text)
        except ValueError:
            return text
        return (self._styles.get(str(style)) or self._styles["short"])(day)

    def number(self, value: Any, decimals: Any = None) -> str:
        """12345.5 reads 12,345.5 in English and 12.345,5 in German."""
        figure = _figure(value)
        if figure is None:
            return printable(value)
        return self._written(figure, min(max(int(decimals), 0), 6) if isinstance(decimals, int | float) else None)

    def currency(self, value: Any, code: Any = "") -> str:
        """`code` of ISO 4217, whose decimals the amount gets: 12.5 of EUR reads €12.50 in English."""
        figure = _figure(value)
        if figure is None:
            return printable(value)
        known = printable(code).strip().upper()
        if not known:
            return self._written(figure, 2)
        before, after, decimals = self._around(known, figure < 0)
        return f"{before}{self._written(abs(figure), decimals)}{after}"

    def plural(self, value: Any, *words: Any) -> str:
        """The word for this count. Of two, the first is for one and the second for all else; three or more stand in
        the order of the language's forms, the last of them for every form without a word. Without a count: the last.
        """
        if not words:
            return ""
        figure = _figure(value)
        form = "other" if figure is None else self._rule(figure)
        if len(words) <= 2:
            return printable(words[0] if form == "one" else words[-1])
        return printable(words[min(self._forms.index(form), len(words) - 1)])

    def _written(self, figure: float, decimals: int | None) -> str:
        if decimals is not None:
            text = f"{figure:,.{decimals}f}"
        else:
            text = f"{int(figure):,}" if figure == int(figure) else f"{figure:,.10g}"
        if self._is_by_twos:
            whole, dot, rest = text.replace(",", "").partition(".")
            text = f"{_BY_TWOS.sub(',', whole)}{dot}{rest}"
        return text.translate(self._signs) if self._signs else text

    def _currency(self, code: str, is_negative: bool) -> tuple[str, str, int]:
        """What stands before and behind the figures of an amount, and how many decimals they have."""
        decimals = get_currency_precision(code)
        one = format_currency(-1 if is_negative else 1, code, locale=self._locale)
        before, _, after = one.partition(self._written(1, decimals))
        # A code of letters keeps its distance from the figures (CLDR, currencySpacing).
        return f"{before}\N{NO-BREAK SPACE}" if before[-1:].isalpha() else before, after, decimals


class _DayPattern:
    """A pattern of CLDR, such as “d. MMMM y”, with every text that may stand in it at hand."""

    def __init__(self, pattern: str, locale: Locale) -> None:
        self._format = str(parse_pattern(pattern).format)  # “%(d)s. %(MMMM)s %(y)s”
        fields = _FIELD.findall(self._format)

        def texts(day: Date, signs: str) -> dict[str, str]:
            said = DateTimeFormat(day, locale)
            return {field: said[field] for field in fields if field[0] in signs}

        self._months = [texts(Date(2001, month, 1), "ML") for month in range(1, 13)]
        self._days = [texts(Date(2001, 1, day), "d") for day in range(1, 32)]
        self._weekdays = [texts(_MONDAY + timedelta(days=day), "Ec") for day in range(7)]
        self._era = texts(_MONDAY, "G")

    def __call__(self, day: Date) -> str:
        return self._format % {
            **self._months[day.month - 1],
            **self._days[day.day - 1],
            **self._weekdays[day.weekday()],
            **self._era,
            "y": str(day.year),
            "yy": f"{day.year % 100:02}",
        }


def _patterns(locale: Locale) -> dict[str, str]:
    """English writes the day first, as much of the world does that reads English and is not at home in it."""
    if locale.language == DEFAULT:
        return _ENGLISH
    spelled = locale.datetime_skeletons
    day = spelled["MMMMd"].pattern
    with_weekday = spelled["MMMEd"].pattern.replace(spelled["MMMd"].pattern, day)
    return {
        "short": locale.date_formats["medium"].pattern,
        "long": locale.date_formats["long"].pattern,
        "full": locale.date_formats["full"].pattern,
        "day": day,
        "weekday": re.sub(r"E+|ccc+", "EEEE", with_weekday),
        "month": "LLL",
        "year": "y",
    }


def _figure(value: Any) -> float | None:
    try:
        figure = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return figure if math.isfinite(figure) and not isinstance(value, bool) else None


FILTERS = filters_in(DEFAULT)
