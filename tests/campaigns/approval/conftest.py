import pytest

from accounts.models import ApprovalRule, Organisation, User
from campaigns.models import Campaign
from delivery.models import Provider
from tests.campaigns import letters


@pytest.fixture
def draft(organisation: Organisation, marketer: User) -> Campaign:
    """Ready to go to real people, but for the approval that the organisation asks for."""
    Organisation.objects.update(approval=ApprovalRule.SECOND)
    organisation.refresh_from_db()
    relay = Provider.objects.create(name="Relay", host="127.0.0.1", port=2525, security="none")
    return letters.draft(marketer, letters.readers("Ana"), provider=relay)
