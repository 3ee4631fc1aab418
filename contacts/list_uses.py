"""What still goes to a list: parts above register it, such as planned campaigns."""

from collections.abc import Callable, Iterator

from accounts.registry import Registry
from contacts.models import MailingList
from contacts.segments.uses import Use

__all__ = ["Use", "of", "register"]

Finder = Callable[[MailingList], Iterator[Use]]
_finders = Registry[Finder]()
register = _finders.register


def of(found: MailingList) -> list[Use]:
    """What stops when the list is archived or deleted."""
    return [use for finder in _finders for use in finder(found)]
