"""A provider's connection test: started, found again, and what came of it kept."""

import uuid
from functools import partial

from django.db import transaction

from accounts.models import Organisation
from accounts.web_addresses import ascii_host
from delivery import connection_tests, verp
from delivery.connection_tests import Run
from delivery.models import Provider
from delivery.providers.check import steps
from delivery.providers.check.steps import STEPS, Target
from delivery.routing import circuits
from delivery.transports.smtp.transport import local_name


def start(provider: Provider, *, recipient: str) -> uuid.UUID:
    """`recipient`: an address of the tester's own, named to the server; nothing is sent to it.

    Raises connection_tests.TooMany, secrets.Unreadable.
    """
    tried = target(provider, recipient=recipient)
    return connection_tests.start(_name(provider.pk), STEPS, partial(steps.run, tried), partial(note, provider.pk))


def find(provider_id: int, key: uuid.UUID) -> Run | None:
    return connection_tests.find(_name(provider_id), STEPS, key)


def target(provider: Provider, *, recipient: str) -> Target:
    organisation = Organisation.get()
    return Target(
        host=provider.host,
        port=provider.port,
        security=provider.security,
        username=provider.username,
        password=provider.password,
        sender=verp.address(0, _sender_domain(organisation)),
        recipient=recipient,
        local_name=local_name(),
        is_our_sandbox=provider.is_rehearsal,
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


def _name(provider_id: int) -> str:
    return f"provider {provider_id}"
