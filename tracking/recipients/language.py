"""In which of our languages a recipient reads: their own as far as it is known, else their browser's, else English."""

from django.conf import settings
from django.utils.translation.trans_real import parse_accept_lang_header

LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)
OTHERWISE = "en"
_LONGEST = 500  # of a header that browsers write in 60 characters


def choose(own: str, accepted: str, *, wanted: str = "") -> str:
    """`own`: a contact's language, however it is written (pt_BR, de-AT); `accepted`: the header Accept-Language;
    `wanted`: chosen just now, on the page itself.
    """
    if known := known_of(wanted) or known_of(own):
        return known
    browser_s = (known_of(code) for code, weight in parse_accept_lang_header(accepted[:_LONGEST].lower()) if weight)
    return next(filter(None, browser_s), OTHERWISE)


def known_of(code: str) -> str:
    """The one of our languages that is meant; "" for any other."""
    first = code.strip().lower().replace("_", "-").partition("-")[0]
    return first if first in LANGUAGES else ""
