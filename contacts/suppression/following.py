"""What keeps mail from an address, beside what somebody said against all mail, where its owner takes another one."""

from contacts import addresses
from contacts.suppression import holding, of_lists


def follow(before: str, now: str) -> None:
    """It holds for their new address, too; the same one in other letters is no new one."""
    if addresses.key(before) != addresses.key(now):
        of_lists.follow(before, now)
        holding.follow(before, now)
