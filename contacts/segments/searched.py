"""A search among the contacts as the rules of a segment."""

from collections.abc import Mapping
from dataclasses import replace

from contacts.filtering import Filter, State
from contacts.segments.rules import Group, Match, Rule

_ANY_LIST = "any"
_SUPPRESSED = Rule("suppressed", {"how": "any"})
_SUBSCRIBED = Rule("list", {"how": "subscribed", "list": _ANY_LIST})
_OPEN = Rule("list", {"how": "open", "list": _ANY_LIST})
_LEFT = Group(Match.ALL, (Rule("list", {"how": "unsubscribed", "list": _ANY_LIST}), Group(Match.NONE, (_SUBSCRIBED,))))
_STATES: Mapping[State, Rule | Group] = {
    State.REACHABLE: Group(Match.ALL, (_OPEN, Rule("suppressed", {"how": "none"}))),
    State.UNSUBSCRIBED: Group(Match.ANY, (_LEFT, Rule("suppressed", {"how": "unsubscribed"}))),
    State.SUPPRESSED: _SUPPRESSED,
    State.PAUSED: Rule("paused", {"how": "now"}),
    State.EXPIRED: Group(Match.ALL, (Rule("list", {"how": "ended", "list": _ANY_LIST}), Group(Match.NONE, (_OPEN,)))),
    State.NO_LIST: Rule("list", {"how": "off", "list": _ANY_LIST}),
}


def can_be_kept(found: Filter) -> bool:
    """A segment alone is one already."""
    return not replace(found, segment_id=None).is_empty


def rules_of(found: Filter) -> Group:
    """The same people, asked anew each time; of what `can_be_kept`."""
    parts: list[Rule | Group] = []
    if found.list_id:
        parts.append(Rule("list", {"how": "on", "list": str(found.list_id)}))
    if found.segment_id:
        parts.append(Rule("segment", {"how": "in", "segment": str(found.segment_id)}))
    if found.tag:
        parts.append(Rule("tag", {"how": "has", "tag": found.tag}))
    parts += [_with(word) for word in found.search.split()]
    if found.state == State.EXPIRED and found.list_id:  # of that list, as the table shows them
        here = {"list": str(found.list_id)}
        parts += [
            Rule("list", {"how": "ended", **here}),
            Group(Match.NONE, (Rule("list", {"how": "open", **here}),)),
        ]
    elif found.state:
        parts.append(_STATES[State(found.state)])
    return Group(Match.ALL, tuple(parts))


def _with(word: str) -> Group:
    """Somewhere in the address or the name."""
    columns = ("email", "first_name", "last_name")
    return Group(Match.ANY, tuple(Rule("profile", {"field": one, "how": "contains", "value": word}) for one in columns))
