"""One entry for every URL name: without it the walk over all addresses fails."""

from tests.web.address import Address
from tests.web.addresses import accounts, across, campaigns, contacts, delivery, fields, tracking

GROUPS: dict[str, dict[str, Address]] = {
    "accounts": accounts.ADDRESSES,
    "contacts": contacts.ADDRESSES,
    "fields": fields.ADDRESSES,
    "delivery": delivery.ADDRESSES,
    "tracking": tracking.ADDRESSES,
    "campaigns": campaigns.ADDRESSES,
    "across": across.ADDRESSES,
}
ADDRESSES: dict[str, Address] = {name: address for group in GROUPS.values() for name, address in group.items()}
