"""One campaign: who got it, opened it, followed which link, and where its mail to people stands."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import SimpleLazyObject

from campaigns.conditions import sent
from campaigns.conditions.sent import Sent
from contacts.segments.known import Known
from contacts.segments.predicate import NOBODY, Sql, negated
from contacts.segments.registry import Condition, Input, Values, turned
from contacts.segments.rules import Rule
from delivery.ledger.listing import LISTED, WHICH
from delivery.models import MessageState, Term
from tracking.models import EventKind, Link

_LISTED = 200  # campaigns to choose from, the latest first
_FIND, _LINKS_OF = "find_campaign", "links_of"
_LINK_CHARS = 60
_KINDS = {
    "opened": EventKind.OPEN,
    "clicked": EventKind.CLICK,
    "link": EventKind.CLICK,
    "unsubscribed": EventKind.UNSUBSCRIBE,
}
_BY_MACHINES = {"machines-opened": EventKind.OPEN, "machines-clicked": EventKind.CLICK}
_RETURNED = {
    "bounced": Term.HARD,
    "complained": Term.COMPLAINED,
    "bounced-for-now": Term.SOFT,
    "delivered": Term.DELIVERED,
}
# Where their mail stands: lists of delivery.ledger.listing, with what came back of the accepted where that counts too.
_STANDS = {
    "refused": "false",
    "uncertain": "false",
    "skipped": "false",
    "hard": f"f.term = {int(Term.HARD)}",
    "blocked": f"f.term = {int(Term.SOFT)} AND f.is_blocked",
}
_HOW = {
    "got": "got",
    "opened": "opened",
    "clicked": "clicked in",
    "link": "clicked one link of",
    "not-opened": "got and did not open",
    "not-clicked": "got and did not click in",
    "not-got": "did not get",
    "unsubscribed": "unsubscribed by",
    "complained": "marked as spam",
    "bounced": "bounced for good in",
    "bounced-for-now": "bounced for now in",
    "delivered": "were reported as having got",
    "no-word": "got, and nothing came back of,",
    "refused": "were refused in",
    "hard": "did not exist in",
    "blocked": "were refused as spam in",
    "uncertain": "may have got",
    "skipped": "were skipped in",
    "all": "were to get",
    "machines-opened": "were opened for by machines in",
    "machines-clicked": "were clicked for by machines in",
    "machines-alone": "were opened for by machines alone in",
}
_ADDRESSED = "c.id IN (SELECT m.contact_id FROM delivery_message m WHERE m.id BETWEEN %s AND %s AND m.batch_id = %s)"
_OF_FEEDBACK = (
    "c.id IN (SELECT m.contact_id FROM delivery_feedback f JOIN delivery_message m ON m.id = f.message_id"
    " WHERE f.batch_id = %s AND {which})"
)
_STANDING = (
    "c.id IN (SELECT m.contact_id FROM delivery_waiting w JOIN delivery_message m ON m.id = w.message_id"
    " WHERE w.batch_id = %s AND w.state = %s AND {which} UNION ALL"
    " SELECT m.contact_id FROM delivery_feedback f JOIN delivery_message m ON m.id = f.message_id"
    " WHERE f.batch_id = %s AND {later})"
)


class OfCampaign(Condition):
    key = "campaign"
    label = "One campaign"
    heading = sent.HEADING
    missing = "Openings and clicks of programs do not count, and people who are not counted did neither."

    def known(self) -> Mapping[str, Any]:
        """The latest to choose from; a rule may name any other, too."""
        return {
            sent.KNOWN: SimpleLazyObject(lambda: dict(sent.latest(_LISTED))),
            _FIND: sent.find,
            _LINKS_OF: _links_of,
        }

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        campaigns = {str(key): name for key, (name, *_) in known.more.get(sent.KNOWN, {}).items()}
        found = self._campaign(values, known)
        if found:
            campaigns.setdefault(values["campaign"], found[0])
        asked = [
            Input("how", "comparison", options=tuple(_HOW.items())),
            Input("campaign", "campaign", options=tuple(campaigns.items())),
        ]
        if found and values.get("how") == "link":
            asked.append(Input("link", "link", options=known.more[_LINKS_OF](found[1])))
        return asked

    def sql(self, values: Values, known: Known) -> Sql:
        found = self._campaign(values, known)
        if found is None:
            return NOBODY
        _, batch_id, first, last = found
        how = values["how"]
        addressed = Sql(_ADDRESSED, [first or 0, last or 0, batch_id])
        got = Sql(f"{_ADDRESSED[:-1]} AND m.state = {int(MessageState.ACCEPTED)})", addressed.parameters)
        if how == "all":
            return addressed
        if how in ("got", "not-got"):
            return got if how == "got" else negated(got)
        if how == "no-word":
            return _but(got, [Sql(_OF_FEEDBACK.format(which="true"), [batch_id])])
        if how in _STANDS:
            return Sql(_STANDING.format(which=WHICH[how], later=_STANDS[how]), [batch_id, LISTED[how], batch_id])
        if how in _RETURNED:
            return Sql(_OF_FEEDBACK.format(which=f"f.term = {int(_RETURNED[how])}"), [batch_id])
        if how in _BY_MACHINES:
            return _engaged(batch_id, _BY_MACHINES[how], by_machines=True)
        if how == "machines-alone":
            opened = _engaged(batch_id, EventKind.OPEN, by_machines=True)
            return _but(opened, [_engaged(batch_id, kind) for kind in (EventKind.OPEN, EventKind.CLICK)])
        did = how.removeprefix("not-")
        link = int(values.get("link") or 0) if how == "link" else 0
        acted = _engaged(batch_id, _KINDS[did], link)
        return acted if did == how else _but(got, [acted])

    def opposite(self, values: Values) -> Values | None:
        return turned(values, ("got", "not-got"))

    def words(self, values: Values, known: Known) -> str:
        found = self._campaign(values, known)
        name = f"“{found[0]}”" if found else "a campaign that is gone"
        if values["how"] == "link" and found:
            link = dict(known.more[_LINKS_OF](found[1])).get(values.get("link", ""), "a link that is gone")
            return f"who clicked “{link}” in {name}"
        return f"who {_HOW[values['how']]} {name}"

    def shown(self, values: Values, known: Known) -> Sql:
        inside = self.sql(values, known)
        return Sql(f"CASE WHEN {inside.text} THEN 'yes' ELSE 'no' END", inside.parameters)

    def _campaign(self, values: Values, known: Known) -> Sent | None:
        text = values.get("campaign", "")
        if not (text.isascii() and text.isdigit() and len(text) < 10 and str(int(text)) == text):
            return None
        listed = known.more.get(sent.KNOWN, {}).get(int(text))
        return listed or (known.more[_FIND](int(text)) if _FIND in known.more else None)


def row_of(batch_id: int, how: str, link_id: int) -> Rule | None:
    """For tracking.segmenting: the row about the campaign that sent this batch."""
    link = {"link": str(link_id)} if link_id else {}
    rows = (
        Rule(OfCampaign.key, {"how": how, "campaign": str(key), **link}) for key, _ in sent.latest(batch_id=batch_id)
    )
    return next(rows, None)


def _engaged(batch_id: int, kind: EventKind, link: int = 0, *, by_machines: bool = False) -> Sql:
    return Sql(
        "c.id IN (SELECT m.contact_id FROM tracking_engagement e JOIN delivery_message m ON m.id = e.message_id"  # noqa: S608
        f" WHERE e.batch_id = %s AND e.kind = %s AND e.link_id = %s AND {'' if by_machines else 'NOT '}e.is_machine)",
        [batch_id, int(kind), link],
    )


def _but(these: Sql, others: Sequence[Sql]) -> Sql:
    """These without the others."""
    text = " AND ".join((f"({these.text})", *(f"({one.text}) IS NOT TRUE" for one in others)))
    return Sql(text, [parameter for one in (these, *others) for parameter in one.parameters])


def _links_of(batch_id: int) -> Sequence[tuple[str, str]]:
    links = Link.objects.filter(batch_id=batch_id).order_by("position")
    return [(str(link.pk), (link.label or link.url)[:_LINK_CHARS]) for link in links]
