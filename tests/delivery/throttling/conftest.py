"""The same campaigns as the ledger's tests."""

from tests.delivery.ledger.conftest import people, provider

__all__ = ["people", "provider"]
