"""What the page of a rehearsed mail says to whoever tries it: nothing was changed, and what a real mail's would do."""

from django.utils.translation import gettext as _


def would(part: str) -> str:
    """In the language that is active, of a part of the page with all choices."""
    return {
        "topics": _("Nothing is changed here. With a real mail, your topics would be saved now."),
        "agree": _("Nothing is changed here. With a real mail, our mail to you would go on."),
        "pause": _("Nothing is changed here. With a real mail, your pause would begin now."),
        "resume": _("Nothing is changed here. With a real mail, your pause would end now."),
        "language": _("Nothing is changed here. With a real mail, your language would be saved now."),
        "counting": _("Nothing is changed here. With a real mail, your answer would be saved now."),
    }[part]
