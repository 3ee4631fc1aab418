"""How long to look: some seconds in every run of the tests, or as many schedules as PROTOCOL_ROUNDS says."""

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings

_ROUNDS = int(os.environ.get("PROTOCOL_ROUNDS", "0"))


def length(rounds: int, **changes: Any) -> settings:
    """The same schedules in every run, until somebody asks for more than the usual ones."""
    options: dict[str, Any] = {
        "max_examples": _ROUNDS or rounds,
        "derandomize": not _ROUNDS,
        "database": None,
        "deadline": None,
        "stateful_step_count": 30,
        "suppress_health_check": list(HealthCheck),
    }
    return settings(**options | changes)


FIND = {"phases": [Phase.generate], "stateful_step_count": 20}
