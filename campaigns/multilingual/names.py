"""What languages are called where somebody chooses between those of a mail."""

from functools import cache

from babel import Locale, UnknownLocaleError

from contacts.guessing import languages


@cache
def own_name(code: str) -> str:
    """As its speakers call it, “Deutsch”; the code where nobody knows."""
    try:
        name = Locale.parse(code.replace("-", "_")).get_display_name()
    except (ValueError, UnknownLocaleError, TypeError):
        return code
    return f"{name[:1].upper()}{name[1:]}" if name else languages.name_of(code)
