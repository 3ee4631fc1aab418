"""What workers have found out about a provider, shared by all of them. No row: no trouble so far."""

from django.db import models

from delivery.markup import printable
from delivery.models.providers import Provider
from delivery.policy import circuit_breaker
from delivery.policy.circuit_breaker import Cause, Circuit


class Breaker(models.Model):
    """A circuit in the database. A person's pause is not here: that is the provider's own state."""

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
    def brief(self) -> str:
        return f"{self.provider} {BRIEFLY.get(self.cause, 'is out of order')}."

    @property
    def what_it_does(self) -> str:
        """The same, where its name has been said already."""
        return f"It {BRIEFLY.get(self.cause, 'is out of order')}."

    @property
    def summary(self) -> str:
        """What is wrong, in a sentence or two for those who cannot cure it."""
        return f"{self.what_it_does} It is tried again by itself."

    @property
    def cure_button(self) -> str:
        """What leads to the provider's settings, where that is where the cure lies."""
        return SETTLED_BY.get(self.cause, "")

    @property
    def cure(self) -> str:
        return CURES.get(self.cause, "")


BRIEFLY: dict[str, str] = {
    Cause.LOGIN: "refuses the user name or password",
    Cause.QUOTA: "says that its sending limit is used up",
    Cause.REFUSED: "refuses our connections",
    Cause.CONNECTION: "cannot be reached",
    Cause.THROTTLED: "asks us to slow down",
}
SETTLED_BY: dict[str, str] = {
    Cause.LOGIN: "Update the password",
    Cause.THROTTLED: "Set a lower limit",
    Cause.QUOTA: "Set a limit",
}
CURES: dict[str, str] = {
    Cause.LOGIN: "Enter the password again, then test the connection. By itself it is tried once an hour, because "
    "providers lock accounts after many wrong logins.",
    Cause.QUOTA: "Wait until the provider counts anew, or ask it for more. A limit set here keeps it from happening.",
    Cause.REFUSED: "Read what the server said and ask your provider.",
    Cause.CONNECTION: "Test the connection: it says which step fails.",
    Cause.THROTTLED: "Set a lower limit, as your provider allows.",
}
