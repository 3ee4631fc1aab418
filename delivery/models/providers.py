"""Ways out: who carries our mail, and how much of it."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils import timezone

from accounts import secrets, wording
from delivery.markup import printable
from delivery.policy import circuit_breaker
from delivery.policy.circuit_breaker import Cause, Circuit
from delivery.policy.circuit_words import BRIEFLY, CURES, SETTLED_BY

# The sandbox takes the first that is free, unless the settings name one; 2526 is the listener's for returned mail.
SANDBOX_PORTS = (2525, *range(2527, 2727))
# Of the demo's relay: nobody's name, and never will be (RFC 2606).
SAMPLE_HOST = "relay.harbour-books.example"


class ProviderQuerySet(models.QuerySet["Provider"]):
    def kept(self) -> "ProviderQuerySet":
        """Without the removed ones, which stay only so that old reports can name them."""
        return self.filter(removed_at__isnull=True)

    def for_campaigns(self) -> "ProviderQuerySet":
        """Ways out a campaign may choose, the default first; a paused one is among them."""
        return self.kept().order_by("-is_default", "name")

    def in_rehearsal(self) -> "ProviderQuerySet":
        return self.kept().filter(state=Provider.State.REHEARSAL)

    def out_of_service(self) -> "ProviderQuerySet":
        """Paused by a person, or left alone for a while after trouble; the demo's relay is meant to be."""
        is_out = models.Q(state=Provider.State.PAUSED) | models.Q(breaker__state__in=["open", "half_open"])
        return self.kept().select_related("breaker").filter(is_out).exclude(host=SAMPLE_HOST)

    def default(self) -> "Provider":
        return self.kept().filter(is_default=True).first() or self.sandbox()

    def sandbox(self) -> "Provider":
        """The built-in one: made when missing, the default while there is no other."""
        provider = self.filter(kind=Provider.Kind.SANDBOX).first()
        known = provider.port if provider else SANDBOX_PORTS[0]
        address = {"host": settings.SANDBOX_HOST, "port": settings.SANDBOX_PORT or known}
        if provider is None:
            return self._make_sandbox(address)
        if (provider.host, provider.port) != (address["host"], address["port"]):
            self.filter(pk=provider.pk).update(**address)
            provider.refresh_from_db()
        return provider

    def sandbox_listens_on(self, port: int) -> None:
        """Said by the sandbox itself: it alone knows which port it got."""
        self.sandbox()
        self.filter(kind=Provider.Kind.SANDBOX).exclude(port=port).update(port=port)

    def _make_sandbox(self, address: dict[str, Any]) -> "Provider":
        provider, _ = self.get_or_create(
            kind=Provider.Kind.SANDBOX,
            defaults={
                "name": "Sandbox",
                "security": Provider.Security.NONE,
                "connections": 10,
                "messages_per_connection": 10_000,
                "is_default": not self.filter(is_default=True).exists(),
                **address,
            },
        )
        return provider


class Provider(models.Model):
    class Kind(models.TextChoices):
        SANDBOX = "sandbox", "Sandbox"
        SMTP = "smtp", "SMTP server"
        API = "api", "Web API"

    class Security(models.TextChoices):
        STARTTLS = "starttls", "STARTTLS"
        TLS = "tls", "TLS"
        NONE = "none", "None (this machine only)"

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        DRAINING = "draining", "Draining"  # takes no new mail; paused by the tick once nothing is in hand
        REHEARSAL = "rehearse", "In rehearsal"  # see delivery.sandbox.rehearsing

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SMTP)
    service = models.CharField(max_length=20, blank=True, help_text="Whose it is, where we know it; of an API always.")
    options = models.JSONField(default=dict, blank=True, help_text="What its API asks for beside a key.")
    host = models.CharField(max_length=255, blank=True)
    port = models.PositiveIntegerField(default=587)
    security = models.CharField(max_length=8, choices=Security.choices, default=Security.STARTTLS)
    username = models.CharField(max_length=255, blank=True)
    password_sealed = models.BinaryField(null=True, editable=False)
    password_set_at = models.DateTimeField(null=True, editable=False)
    connections = models.PositiveIntegerField(default=5, help_text="At the same time, over all workers.")
    messages_per_connection = models.PositiveIntegerField(default=100)
    fewer_connections = models.PositiveIntegerField(null=True, editable=False, help_text="It asked for fewer.")
    fewer_until = models.DateTimeField(null=True, editable=False)
    per_second = models.PositiveIntegerField(null=True, blank=True)
    per_minute = models.PositiveIntegerField(null=True, blank=True)
    per_hour = models.PositiveIntegerField(null=True, blank=True)
    per_day = models.PositiveIntegerField(null=True, blank=True)
    is_default = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    rehearsal_allowed = ArrayField(
        models.CharField(max_length=320), default=list, blank=True, help_text="In rehearsal it still writes to these."
    )
    state_reason = models.CharField(max_length=500, blank=True, help_text="Why it is paused, in our words.")
    state_detail = models.CharField(max_length=1000, blank=True, help_text="The server's words; hostile text.")
    tested_at = models.DateTimeField(null=True, help_text="Its connection test passed.")
    test_failed_at = models.DateTimeField(null=True, editable=False, help_text="Its last connection test failed.")
    test_problem = models.CharField(max_length=500, blank=True, editable=False, help_text="Why, in our words.")
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_provider"
            ),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(removed_at__isnull=True), name="provider_name_once"
            ),
            models.UniqueConstraint(fields=["kind"], condition=models.Q(kind="sandbox"), name="one_sandbox"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_sandbox(self) -> bool:
        return self.kind == self.Kind.SANDBOX

    @property
    def is_in_rehearsal(self) -> bool:
        """A real one, whose mail goes to the sandbox for now."""
        return self.state == self.State.REHEARSAL

    @property
    def is_rehearsal(self) -> bool:
        """What is launched through it now reaches nobody."""
        return self.is_sandbox or self.is_in_rehearsal

    @property
    def is_stopped(self) -> bool:
        """Nothing leaves through it, by a person's will."""
        return self.state != self.State.ACTIVE

    @property
    def is_paused(self) -> bool:
        return self.state == self.State.PAUSED

    @property
    def is_draining(self) -> bool:
        return self.state == self.State.DRAINING

    @property
    def connections_now(self) -> int:
        """At the same time; fewer for a while after it said that these are too many."""
        if self.fewer_connections and self.fewer_until and timezone.now() < self.fewer_until:
            return min(self.connections, self.fewer_connections)
        return self.connections

    @property
    def trouble(self) -> "Breaker | None":
        """What workers have found out and is not over; a person's pause is another thing."""
        known: Breaker | None = getattr(self, "breaker", None)
        return known if known and known.words else None

    @property
    def out_of_service_words(self) -> str:
        """Behind its name; empty while mail leaves through it."""
        if self.is_in_rehearsal:
            return "is in rehearsal: what is sent through it goes to the sandbox."
        if self.is_paused:
            return f"is paused: nothing leaves through it. {self.state_reason}".strip()
        if self.is_draining:
            return "is being drained: it takes no new mail, and is paused once what it has in hand is through."
        if self.trouble and self.trouble.is_open:
            return f"is out of order: nothing leaves through it. {self.trouble.summary}"
        return ""

    @property
    def test_failure(self) -> str:
        """Behind its name: when and why its last connection test failed; empty when it did not."""
        if self.test_failed_at is None:
            return ""
        at = wording.moment(timezone.localtime(self.test_failed_at), timezone.localtime())
        return f"failed its connection test {at}. {self.test_problem}".strip()

    @property
    def password(self) -> str:
        """Opened for the one who logs in with it; empty when there is none."""
        return secrets.open(self.password_sealed) if self.password_sealed else ""

    @password.setter
    def password(self, plain: str) -> None:
        self.password_sealed = secrets.seal(plain) if plain else None
        self.password_set_at = timezone.now() if plain else None

    def pause(self, reason: str, detail: str = "") -> None:
        """In rehearsal it stays there: resumed later it would deliver for real."""
        if self.is_in_rehearsal:
            return
        self._change_state(self.State.PAUSED, reason[:500], printable(detail)[:1000])

    def drain(self, reason: str) -> None:
        """Nothing new leaves through it; what workers have in hand still does. See providers.draining."""
        if self.state == self.State.ACTIVE:
            self._change_state(self.State.DRAINING, reason[:500], "")

    def resume(self) -> None:
        if self.is_in_rehearsal:
            return
        self._change_state(self.State.ACTIVE, "", "")

    def passed_test(self) -> None:
        self.tested_at, self.test_failed_at, self.test_problem = timezone.now(), None, ""
        self._save_test()

    def failed_test(self, problem: str) -> None:
        self.test_failed_at, self.test_problem = timezone.now(), printable(problem)[:500]
        self._save_test()

    def _save_test(self) -> None:
        self.save(update_fields=["tested_at", "test_failed_at", "test_problem"])

    def make_default(self) -> None:
        with transaction.atomic():
            Provider.objects.filter(is_default=True).update(is_default=False)
            Provider.objects.filter(pk=self.pk).update(is_default=True)
        self.is_default = True

    def _change_state(self, state: str, reason: str, detail: str) -> None:
        self.state, self.state_reason, self.state_detail = state, reason, detail
        self.save(update_fields=["state", "state_reason", "state_detail"])


class Breaker(models.Model):
    """A provider's circuit in the database: what workers have found out, shared by all of them. No row: no trouble yet.

    A person's pause is not here: that is the provider's own state.
    """

    class State(models.TextChoices):
        CLOSED = "closed", "Ready"
        OPEN = "open", "Out of order"
        HALF_OPEN = "half_open", "Being tried"

    provider = models.OneToOneField(Provider, models.CASCADE, primary_key=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.CLOSED)
    cause = models.CharField(max_length=10, blank=True)
    words = models.CharField(max_length=500, blank=True, help_text="What is wrong, in our words.")
    detail = models.CharField(max_length=1000, blank=True, help_text="The server's words; hostile text.")
    since = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    openings = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    recent = models.PositiveSmallIntegerField(default=0)
    throttled = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"{self.provider}: {self.get_state_display()}"

    @property
    def circuit(self) -> Circuit:
        return Circuit(
            circuit_breaker.State(self.state),
            Cause(self.cause) if self.cause else None,
            self.since,
            self.next_try_at,
            self.openings,
            self.closed_at,
            self.failures,
            self.failing_since,
            self.recent,
            self.throttled,
        )

    def take(self, circuit: Circuit, words: str, detail: str) -> None:
        """Become this circuit. The words stay while it is in trouble, and go with the trouble."""
        was_open = self.state == self.State.OPEN
        for name in Circuit.__slots__:
            setattr(self, name, getattr(circuit, name))
        self.cause = circuit.cause or ""
        if circuit.carries and not circuit.failures:
            self.words = self.detail = ""
        elif words and not (was_open and self.words):
            self.words, self.detail = printable(words)[:500], printable(detail)[:1000]
        self.save()

    @property
    def is_open(self) -> bool:
        """Nothing goes to it, but perhaps one message to try it."""
        return self.state != self.State.CLOSED

    @property
    def is_due(self) -> bool:
        """Its time is over, and no mail has come since that could try it."""
        return self.circuit.is_due(timezone.now())

    @property
    def brief(self) -> str:
        return f"{self.provider} {BRIEFLY.get(self.cause, 'is out of order')}."

    @property
    def what_it_does(self) -> str:
        """The same, where its name has been said already."""
        return f"It {BRIEFLY.get(self.cause, 'is out of order')}."

    @property
    def summary(self) -> str:
        """What is wrong, in a sentence or two for those who cannot cure it."""
        return f"{self.what_it_does} It is tried again {'with the next mail' if self.is_due else 'by itself'}."

    @property
    def cure_button(self) -> str:
        """What leads to the provider's settings, where that is where the cure lies."""
        return SETTLED_BY.get(self.cause, "")

    @property
    def cure(self) -> str:
        return CURES.get(self.cause, "")
