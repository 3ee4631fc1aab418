"""Forms that paused themselves, for Home: somebody has to look."""

from collections.abc import Iterator

from django.db.models import QuerySet

from accounts.models import User
from accounts.shell.alarms import Alarm
from accounts.shell.problems import Problem
from accounts.wording import isolated
from contacts.signup.models import SignupForm
from contacts.signup.robots import flood

_CURE = (
    "Nobody can sign up by it meanwhile. Look at who came: if they are people, let it go on; if not, have it ask "
    "browsers for proof of work first."
)


def problems(user: User) -> Iterator[Problem]:
    for form in by_themselves()[:5]:
        title = f"The form {isolated(form.name)} paused itself"
        about = Alarm.FORM.about(form.pk)
        text = f"{form.pause_reason} {_CURE}"
        yield Problem("bad", title, text, form.get_absolute_url(), "Look at it", about)


def by_themselves() -> QuerySet[SignupForm]:
    return SignupForm.objects.kept().exclude(paused_at=None).filter(pause_reason__endswith=flood.AS_USUAL)
