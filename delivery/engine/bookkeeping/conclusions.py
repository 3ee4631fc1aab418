"""What a turn's findings mean for the circuit breaker of its provider. In the ledger's thread."""

from dataclasses import dataclass

from delivery.engine.bookkeeping.session import Ledger
from delivery.models import Provider
from delivery.policy.circuit_breaker import Circuit
from delivery.routing import circuits
from delivery.throttling import lane_rates
from delivery.workers import turns


@dataclass(frozen=True, slots=True)
class Findings:
    """What a turn met, as far as it has gone."""

    accepted: int
    refused: int
    throttled: int  # of the refused: how often the provider asked to slow down
    fruitless: int  # channels lost in a row without a message accepted in between
    last_loss: str
    is_connected: bool
    problem: str | None = None  # why none could be opened
    is_crowded: bool = False  # the provider has as many connections as it takes
    probe_is_used: bool = False  # the one message that a probe may send was on its way

    @property
    def has_arrived(self) -> bool | None:
        """Of a probe: any answer about the message will do, but to slow down; None: there was no message."""
        if self.accepted or self.refused > self.throttled:
            return True
        return False if self.probe_is_used else None


class Conclusions:
    """`circuit`: as it was when the turn began; `is_probe`: the turn tries a provider that was out of order."""

    def __init__(self, ledger: Ledger, provider: Provider, circuit: Circuit, *, is_probe: bool) -> None:
        self._ledger = ledger
        self._provider = provider
        self._circuit = circuit
        self._is_probe = is_probe
        self._told = (0, 0)  # accepted and throttled messages

    def connected(self) -> None:
        if self._circuit.failures:
            circuits.connected(self._provider)

    def answered(self, findings: Findings) -> None:
        """In between, so that other workers hear early of a provider that asks to slow down."""
        accepted, throttled = self._told
        if findings.throttled > throttled or self._circuit.throttled:
            circuits.answered(self._provider, findings.accepted - accepted, findings.throttled - throttled)
        self._told = findings.accepted, findings.throttled

    def conclude(self, findings: Findings) -> None:
        """When the turn is over."""
        problem = findings.problem
        if findings.is_crowded and not self._provider.is_sandbox:
            self._ledger.transact(lambda cursor: lane_rates.use_fewer_connections(cursor, self._provider))
        if findings.is_crowded and turns.running(self._provider.pk) > 1:
            problem = None  # the others have the connections
        if problem is not None and not findings.accepted:
            circuits.could_not_connect(self._provider, problem)
        else:
            self.answered(findings)
            if findings.fruitless and (not findings.is_connected or self._is_probe):
                circuits.broke_off(self._provider, findings.last_loss, findings.fruitless)
        if self._is_probe:
            circuits.end_probe(self._provider, arrived=findings.has_arrived)
