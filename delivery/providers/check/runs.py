"""A provider's connection test: started, found again, and what came of it kept."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from django.db import transaction

from accounts.models import Organisation
from accounts.web_addresses import ascii_host
from delivery import connection_tests, verp
from delivery.connection_tests import Run, Step
from delivery.models import OAuthLogin, Provider
from delivery.oauth import tokens
from delivery.providers.check import api_steps, mail_steps, steps
from delivery.providers.check.steps import Target
from delivery.routing import circuits
from delivery.transports.api import catalogue
from delivery.transports.api.transport import account_of, service_of
from delivery.transports.smtp.transport import local_name


def start(provider: Provider, *, recipient: str) -> uuid.UUID:
    """`recipient`: an address of the tester's own, named to the server; nothing is sent to it.

    Raises connection_tests.TooMany, secrets.Unreadable.
    """
    labels, tried = _plan(provider, recipient)
    return connection_tests.start(_name(provider), labels, tried, partial(note, provider.pk))


def start_mail(provider: Provider, *, recipient: str) -> uuid.UUID:
    """A real mail to somebody who works here. Raises connection_tests.TooMany."""
    tried = partial(mail_steps.run, provider, recipient)
    return connection_tests.start(_name_of_mail(provider), mail_steps.STEPS, tried, lambda run: None)


def find(provider: Provider, key: uuid.UUID) -> Run | None:
    labels = api_steps.STEPS if catalogue.of(provider) else steps.STEPS
    return connection_tests.find(_name(provider), labels, key) or connection_tests.find(
        _name_of_mail(provider), mail_steps.STEPS, key
    )


def is_of_mail(run: Run | None) -> bool:
    return run is not None and run.labels is mail_steps.STEPS


def _plan(provider: Provider, recipient: str) -> tuple[Mapping[str, str], Callable[[], Iterator[Step]]]:
    listed = catalogue.of(provider)
    if listed is None:
        return steps.STEPS, partial(steps.run, target(provider, recipient=recipient))
    organisation = Organisation.get()
    tried = api_steps.Target(
        listed,
        provider.host,
        provider.port,
        account_of(provider),
        service_of,
        sender=organisation.sender_email if organisation else "nobody@localhost",
        sender_name=organisation.sender_name if organisation else "",
        recipient=recipient,
    )
    return api_steps.STEPS, partial(api_steps.run, tried)


def target(provider: Provider, *, recipient: str) -> Target:
    organisation = Organisation.get()
    signed_in = OAuthLogin.objects.filter(provider=provider).first()
    return Target(
        host=provider.host,
        port=provider.port,
        security=provider.security,
        username=provider.username,
        password=tokens.access(signed_in, provider.host) if signed_in else provider.password,
        sender=verp.address(0, _sender_domain(organisation)),
        recipient=recipient,
        local_name=local_name(),
        uses_token=signed_in is not None,
        is_our_sandbox=provider.is_sandbox,
    )


def _sender_domain(organisation: Organisation | None) -> str:
    try:
        return ascii_host(organisation.sender_email.rpartition("@")[2] if organisation else "localhost")
    except ValueError:
        return "localhost"


def note(provider_id: int, run: Run) -> None:
    """Keep what came of it, unless the provider was removed, or the test broke off by a fault of ours."""
    with transaction.atomic():
        # Locked, so that it is not removed while its circuit is closed.
        tested = Provider.objects.select_for_update().kept().filter(pk=provider_id).first()
        if tested is None:
            return
        if run.passed:
            tested.passed_test()
            circuits.close(provider_id)
        elif run.problem:
            tested.failed_test(run.problem)


def _name(provider: Provider) -> str:
    return f"provider {provider.pk} {provider.kind}"


def _name_of_mail(provider: Provider) -> str:
    return f"provider {provider.pk} mail"
