"""A search among the contacts as the rules of a segment."""

from collections.abc import Mapping

from contacts.filtering import Filter, State
from contacts.segments.rules import Group, Match, Rule

_ANY_LIST = "any"
_SUPPRESSED = Rule("suppressed", {"how": "any"})
_SUBSCRIBED = Rule("list", {"how": "subscribed", "list": _ANY_LIST})
_PAUSED = Rule("pause", {"how": "on"})
_NOT_PAUSED = Rule("pause", {"how": "off"})
_LEFT = Group(Match.ALL, (Rule("list", {"how": "unsubscribed", "list": _ANY_LIST}), Group(Match.NONE, (_SUBSCRIBED,))))
_STATES: Mapping[State, Rule | Group] = {
    State.REACHABLE: Group(
        Match.ALL,
        (Rule("list", {"how": "open", "list": _ANY_LIST}), Rule("suppressed", {"how": "none"}), _NOT_PAUSED),
    ),
    State.UNSUBSCRIBED: Group(Match.ANY, (_LEFT, Rule("suppressed", {"how": "unsubscribed"}))),
    State.SUPPRESSED: _SUPPRESSED,
    State.PAUSED: _PAUSED,
    State.NO_LIST: Rule("list", {"how": "off", "list": _ANY_LIST}),
}


def rules_of(found: Filter) -> Group:
    """The same people, asked anew each time."""
    parts: list[Rule | Group] = []
    if found.list_id:
        parts.append(Rule("list", {"how": "on", "list": str(found.list_id)}))
    if found.segment_id:
        parts.append(Rule("segment", {"how": "in", "segment": str(found.segment_id)}))
    if found.tag:
        parts.append(Rule("tag", {"how": "has", "tag": found.tag}))
    parts += [_with(word) for word in found.search.split()]
    if found.state == State.EXPIRED:
        chosen = str(found.list_id or _ANY_LIST)
        open_now = Rule("list", {"how": "open", "list": chosen})
        parts.append(Group(Match.ALL, (Rule("list", {"how": "subscribed", "list": chosen}), _none(open_now))))
    elif found.state:
        parts.append(_STATES[State(found.state)])
    return Group(Match.ALL, tuple(parts))


def _none(rule: Rule) -> Group:
    return Group(Match.NONE, (rule,))


def _with(word: str) -> Group:
    """Somewhere in the address or the name."""
    columns = ("email", "first_name", "last_name")
    return Group(Match.ANY, tuple(Rule("profile", {"field": one, "how": "contains", "value": word}) for one in columns))
