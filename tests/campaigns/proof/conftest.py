from tests.campaigns.reporting.conftest import browser, send

__all__ = ["browser", "send"]
