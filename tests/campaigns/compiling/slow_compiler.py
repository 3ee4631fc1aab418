"""A compiler that does not come back."""

from tests.campaigns.compiling.greedy_steps import count, warm

__all__ = ["STEPS", "warm"]

STEPS = {"html": count, "blocks": count}
