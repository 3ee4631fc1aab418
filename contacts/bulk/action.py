"""What every bulk action is. An action works on one slice of people, in the transaction of its caller."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django import forms

Options = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """In what the slice is done: `change_id` for the record, `by_id` whoever began it, `at` when."""

    change_id: int
    by_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """How many it changed, and what Undo needs to take exactly that back (JSON)."""

    changed: int
    was: dict[str, Any]


class Action(Protocol):
    name: str
    label: str  # in the menu: "Add a tag"
    promise: str  # what happens, and to whom not
    undo: str  # what Undo brings back
    rest: str  # why it was not done for some
    is_consent: bool  # whether it says who may be written to
    form: type[forms.Form]

    def options(self, form: forms.Form) -> Options:
        """What a valid form says, as JSON."""

    def words(self, options: Options) -> str:
        """As in a list of what was done: 'Add the tag “vip”'."""

    def apply(self, ids: Sequence[int], options: Options, setting: Setting) -> Done: ...

    def revert(self, done: dict[str, Any], options: Options, setting: Setting) -> int:
        """How many were brought back; whoever was changed since is left alone."""


class NotPossible(Exception):
    """What the action names is gone; the words are for the user."""
