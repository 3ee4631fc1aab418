"""What the short addresses say when they lead nowhere or the database is away: made once in each language."""

from collections.abc import Mapping

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.shell import plain_page
from tracking.recipients import language


def in_each_language() -> tuple[Mapping[str, bytes], Mapping[str, bytes]]:
    """Pages for what is not found, and for what has to be tried again."""
    not_found, away = {}, {}
    for code in language.LANGUAGES:
        with translation.override(code):
            direction = "rtl" if translation.get_language_bidi() else "ltr"
            text = _("It may have been cut in two on its way. Open the mail again and follow the whole link.")
            not_found[code] = plain_page.of(_("This link leads nowhere"), text, code, direction).encode()
            text = _("This did not work just now. Try again in a minute.")
            away[code] = plain_page.of(_("One moment, please"), text, code, direction).encode()
    return not_found, away
