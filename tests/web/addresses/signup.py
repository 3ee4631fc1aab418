import time
from typing import Any

from django.core import signing
from django.utils import timezone

from contacts.models import SignupForm, SignupRequest, Subscription
from contacts.signup import asking, letters
from contacts.signup.models import SignupLetter
from contacts.signup.robots import stamps
from delivery import tokens
from delivery.models import Provider
from tests.web import stage
from tests.web.address import STAFF, WRITERS, Address, beside
from tests.web.cast import Cast


def form(cast: Cast) -> SignupForm:
    """With a long name, and a question of each sort."""
    return cast.once("form", lambda: _made(cast))


def _made(cast: Cast) -> SignupForm:
    made = SignupForm.objects.create(
        name=stage.LONG_NAME,
        title=stage.LONG_NAME,
        intro=stage.ARABIC_NAME,
        fields=[{"key": key, "required": False} for key in ("first_name", "last_name", stage.field(cast).key)],
        visitor_chooses=True,
    )
    made.lists.add(stage.mailing_list(cast))
    return made


def one(cast: Cast) -> dict[str, Any]:
    return {"pk": form(cast).pk}


def public(cast: Cast) -> dict[str, Any]:
    return {"key": form(cast).key}


def paused(cast: Cast) -> dict[str, Any]:
    found = cast.once("paused form", lambda: _made(cast))
    found.pause(stage.LONG_NAME)
    return {"pk": found.pk}


def archived(cast: Cast) -> dict[str, Any]:
    found = cast.once("archived form", lambda: _made(cast))
    SignupForm.objects.filter(pk=found.pk).update(archived_at=timezone.now())
    return {"query": "?archived=1"}


def waiting(cast: Cast) -> dict[str, Any]:
    """The token of a confirmation that really left."""

    def make() -> SignupRequest:
        relay = stage.provider(cast)
        Provider.objects.filter(is_default=True).update(is_default=False)
        Provider.objects.filter(pk=relay.pk).update(is_default=True)
        wording = form(cast).wordings.create(digest="1", language="en", text="Yes")
        lists = [stage.mailing_list(cast).pk]
        answers = asking.Answers(f"{stage.LONG_NAME[:60]}@example.com", lists, "en", wording)
        return asking.ask(form(cast), answers, asking.Visitor("192.0.2.1"), timezone.now())

    request: SignupRequest = cast.once("sign-up", make)
    letter = SignupLetter.objects.filter(request=request).latest("at")
    return {"token": tokens.seal(tokens.CONFIRM, letter.message_id)}


def known_waiting(cast: Cast) -> dict[str, Any]:
    waiting(cast)
    return one(cast)


def typed(cast: Cast) -> dict[str, Any]:
    stamp = signing.Signer(salt=f"signup {form(cast).key}").sign(f"s:{signing.b62_encode(int(time.time()) - 60)}")
    return {"email": "new@example.com", "stamp": stamp}


def settings(cast: Cast) -> dict[str, Any]:
    return {"name": "Another", "lists": [stage.mailing_list(cast).pk], "confirm_days": "7"}


def requests(cast: Cast) -> object:
    return [SignupRequest.objects.count(), SignupLetter.objects.count()]


def states(cast: Cast) -> object:
    return list(SignupForm.objects.order_by("id").values_list("name", "paused_at", "archived_at"))


def again(cast: Cast) -> dict[str, Any]:
    waiting(cast)
    request = SignupRequest.objects.get()
    SignupLetter.objects.update(at=timezone.now() - letters.BUTTON_AFTER)
    return {"again": stamps.for_another_mail(form(cast).key, request.email)}


ADDRESSES = {
    "forms": Address(STAFF, args=beside(form), states=(archived,)),
    "form-add": Address(
        WRITERS, post=settings, changes=lambda cast: SignupForm.objects.count(), spoil=".form-actions .btn-primary"
    ),
    "form": Address(STAFF, args=one, states=(known_waiting, paused)),
    "form-edit": Address(WRITERS, args=one, post=settings, changes=states, spoil=".form-actions .btn-primary"),
    "form-preview": Address(WRITERS, get=False, no_page="answers to what is typed"),
    "form-duplicate": Address(
        WRITERS, args=one, get=False, post=lambda cast: {}, changes=lambda cast: SignupForm.objects.count()
    ),
    "form-pause": Address(WRITERS, args=one, get=False, post=lambda cast: {}, changes=states),
    "form-archive": Address(WRITERS, args=one, get=False, post=lambda cast: {}, changes=states),
    "form-delete": Address(WRITERS, args=one, get=False, post=lambda cast: {}, changes=states),
    "signup": Address(None, args=public, post=typed, changes=requests, spoil=".btn-primary"),
    "signup-frame": Address(None, args=public, post=typed, changes=requests),
    "signup-again": Address(None, args=public, get=False, post=again, changes=requests),
    "signup-confirm": Address(
        None,
        args=waiting,
        post=lambda cast: {"lists": stage.mailing_list(cast).pk},
        changes=lambda cast: Subscription.objects.count(),
    ),
}
