"""Sign-ups whose mails nobody receives, for Home: the default provider is the sandbox still."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.shell.problems import Problem
from contacts.models import SignupForm, SignupRequest
from delivery.models import Provider


def problems(user: User) -> Iterator[Problem]:
    if waiting().exists() and Provider.objects.default().is_rehearsal:
        title = "Whoever signs up waits for a mail that nobody receives"
        text = "Confirmation mails go through the default provider, which is the sandbox. Choose one that sends."
        yield Problem("warn", title, text, reverse("providers"), "Choose a provider")


def waiting() -> QuerySet[SignupRequest]:
    forms = SignupForm.objects.kept().filter(paused_at=None)
    return SignupRequest.objects.filter(state=SignupRequest.State.WAITING, form__in=forms)
