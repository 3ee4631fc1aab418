"""Segments' conditions about one campaign or the last ones: who got it, opened it, followed which link."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from campaigns.content.blocks.conditions import IN_SEGMENT
from campaigns.models import Campaign, SavedBlock
from contacts.models import Segment
from contacts.segments.known import Known
from contacts.segments.predicate import NOBODY, Sql, negated
from contacts.segments.registry import Condition, Input, Values, turned
from contacts.segments.rules import Rule
from contacts.segments.uses import Use
from contacts.tracking_consent import Part, measured
from delivery.ledger.listing import LISTED, WHICH
from delivery.models import MessageState, Term
from tracking.models import EventKind, Link
from tracking.recent.counted import MOST

_HEADING = "What they got and did"
Sent = tuple[str, int, int | None, int | None]  # name, batch, first and last message
_LISTED = 200  # campaigns to choose from, the latest first
_CAMPAIGNS, _FIND, _LINKS_OF = "campaigns", "find_campaign", "links_of"
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
_OF_LAST = {
    "opened": "opened",
    "clicked": "clicked in",
    "not-opened": "opened none of",
    "not-clicked": "clicked in none of",
    "got": "got",
}
_OPENED, _NONE = ("opened", "not-opened"), ("not-opened", "not-clicked")
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
    heading = _HEADING
    missing = "Openings and clicks of programs do not count, and people who are not counted did neither."

    def known(self) -> Mapping[str, Any]:
        """The latest to choose from; a rule may name any other, too."""
        return {_CAMPAIGNS: SimpleLazyObject(lambda: dict(_sent(_LISTED))), _FIND: _find, _LINKS_OF: _links_of}

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        campaigns = {str(key): name for key, (name, *_) in known.more.get(_CAMPAIGNS, {}).items()}
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
        listed = known.more.get(_CAMPAIGNS, {}).get(int(text))
        return listed or (known.more[_FIND](int(text)) if _FIND in known.more else None)


class OfTheLast(Condition):
    """Of a person's own last campaigns, read from the bits of their contact; “got” alone asks about ours."""

    key = "recent"
    label = "The last campaigns"
    heading = _HEADING
    missing = (
        "Only campaigns that this person got, and that count by person, are looked at. Programs do not count. "
        "Who got fewer, or is not counted, is not among those who did nothing."
    )

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        least = Input("least", "at least so many", "days", suffix=" of the last")
        last = Input("last", "number of campaigns", "days", suffix=" campaigns")
        how = Input("how", "comparison", options=tuple(_OF_LAST.items()))
        return [how, last] if values.get("how") in _NONE else [how, least, last]

    def problem(self, values: Values, known: Known) -> str:
        found = super().problem(values, known)
        if found:
            return "Enter two numbers, such as 3 of the last 5." if "days" in found else found
        if not 0 < int(values["last"]) <= MOST:
            return f"At most the last {MOST} campaigns."
        if values["how"] in _NONE:
            return ""
        return "" if int(values["least"]) <= int(values["last"]) else "That is more than there are."

    def sql(self, values: Values, known: Known) -> Sql:
        how, last = values["how"], int(values["last"])
        if how == "got":
            return _got(int(values["least"]), list(known.more.get(_CAMPAIGNS, {}).values())[:last])
        column = f"c.recent_{'opened' if how in _OPENED else 'clicked'}"
        bits = (1 << last) - 1
        if how in _NONE:
            part = Part.OPENS if how in _OPENED else Part.CLICKS
            return Sql(f"c.recent_mails >= %s AND {column} & %s = 0 AND {measured(part, 'c')}", [last, bits])
        least = int(values["least"])
        if least <= 1:
            return Sql(f"{column} & %s <> 0" if least else "true", [bits] if least else [])
        # Whoever did nothing at all, most people, is passed over without counting bits.
        return Sql(f"{column} <> 0 AND bit_count(({column} & %s)::bit({MOST})) >= %s", [bits, least])

    def words(self, values: Values, known: Known) -> str:
        how, last = values["how"], values["last"]
        if how == "got":
            return f"who got {values['least']} or more of our last {last} campaigns"
        if how in _NONE:
            return f"who got {last} campaigns or more and {_OF_LAST[how]} the last {last} of them"
        return f"who {_OF_LAST[how]} {values['least']} or more of the last {last} campaigns they got"

    def shown(self, values: Values, known: Known) -> Sql:
        how = values["how"]
        if how == "got":
            inside = self.sql(values, known)
            return Sql(f"CASE WHEN {inside.text} THEN 'so many or more' ELSE 'fewer' END", inside.parameters)
        column = f"c.recent_{'opened' if how in _OPENED else 'clicked'}"
        last = int(values["last"])
        return Sql(
            f"bit_count(({column} & %s)::bit({MOST})) || ' of the last ' || least(c.recent_mails, %s)",
            [(1 << last) - 1, last],
        )


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


def _got(least: int, latest: Sequence[Sent]) -> Sql:
    ids = [number for _, _, first, last in latest for number in (first, last) if number]
    return Sql(
        "c.id IN (SELECT m.contact_id FROM delivery_message m"  # noqa: S608
        " WHERE m.batch_id = ANY(%s) AND m.id BETWEEN %s AND %s"
        f" AND m.state = {int(MessageState.ACCEPTED)} GROUP BY m.contact_id"
        " HAVING count(DISTINCT m.batch_id) >= %s)",
        [[batch_id for _, batch_id, *_ in latest], min(ids, default=0), max(ids, default=0), least],
    )


def uses(segment: Segment) -> Iterator[Use]:
    """Campaigns that go to people of it, or say something to them alone: drafts hold it, the others were written out at
    their launch."""
    for campaign in Campaign.objects.filter(segments=segment).union(Campaign.objects.filter(excluded_segments=segment)):
        kind = "draft" if campaign.is_draft else "campaign"
        yield Use(campaign.name, campaign.get_absolute_url(), kind, holds=campaign.is_draft)
    asking = Campaign.objects.still_written().filter(_for_people_of(segment, *Campaign.WORDS))
    for campaign in asking.select_related("template", "translation_of"):
        kind = "template" if hasattr(campaign, "template") else "mail of a draft"
        yield Use(campaign.name, campaign.get_absolute_url(), kind, holds=True)
    for saved in SavedBlock.objects.filter(_for_people_of(segment, "blocks")):
        yield Use(saved.name, reverse("saved-block", args=[saved.pk]), "saved block", holds=True)


def _for_people_of(segment: Segment, *fields: str) -> Q:
    """Whose words ask for it: by a block's setting, or by a merge tag."""
    asked = rf'"if_segment": "(not-)?{segment.pk}"|{IN_SEGMENT}{segment.pk}\M'
    return Q(*((f"{field}__regex", asked) for field in fields), _connector=Q.OR)


def _sent(most: int = 1, **which: int) -> Iterator[tuple[int, Sent]]:
    """Real ones that went out, the latest first."""
    real = Campaign.objects.filter(batch__rehearsal=False, batch__started_at__isnull=False, **which)
    rows = real.order_by("-batch_id").values_list("pk", "name", "batch_id", "batch__first_id", "batch__last_id")
    return ((key, (name, batch_id, first, last)) for key, name, batch_id, first, last in rows[:most] if batch_id)


def _find(key: int) -> Sent | None:
    return next((sent for _, sent in _sent(pk=key)), None)


def row_of(batch_id: int, how: str, link_id: int) -> Rule | None:
    """For tracking.segmenting: the row about the campaign that sent this batch."""
    link = {"link": str(link_id)} if link_id else {}
    rows = (Rule(OfCampaign.key, {"how": how, "campaign": str(key), **link}) for key, _ in _sent(batch_id=batch_id))
    return next(rows, None)


def _links_of(batch_id: int) -> Sequence[tuple[str, str]]:
    links = Link.objects.filter(batch_id=batch_id).order_by("position")
    return [(str(link.pk), (link.label or link.url)[:_LINK_CHARS]) for link in links]
