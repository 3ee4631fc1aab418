"""All that can be done to many people at once, in the order of the menu."""

from contacts.bulk.action import Action
from contacts.bulk.actions.deleting import Delete
from contacts.bulk.actions.leaving import Suppress, Unsubscribe
from contacts.bulk.actions.lists import JoinList, LeaveList
from contacts.bulk.actions.tags import AddTag, RemoveTag
from contacts.bulk.actions.values import SetField

_ORDERED: tuple[Action, ...] = (
    *(AddTag(), RemoveTag(), JoinList(), LeaveList(), SetField()),
    *(Unsubscribe(), Suppress(), Delete()),
)
EVERY = {one.name: one for one in _ORDERED}
