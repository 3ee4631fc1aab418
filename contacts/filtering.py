"""Which contacts a page or an export shows: an address such as /contacts/?list=3&tag=vip&q=ana says it."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db import models
from django.http import QueryDict

from accounts.numbers import whole_number
from accounts.wording import isolated
from contacts import tags
from contacts.models import Contact, ContactQuerySet, MailingList, Segment
from contacts.segments import asking

SORTS = ("name", "email", "clicked")  # see contacts.table.ordering; without one the newest come first
_CHIPS = 30
_TAGGED_LOOKED_AT = 5_000


class State(models.TextChoices):
    REACHABLE = "reachable", "Reachable"
    UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
    SUPPRESSED = "suppressed", "Suppressed"
    PAUSED = "paused", "Paused"
    EXPIRED = "expired", "Consent ended"
    NO_LIST = "no-list", "On no list"


@dataclass(frozen=True)
class Chip:
    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """One filter as a part of a sentence, and the address of the page without it."""

    words: str
    url: str


_STATES = {
    State.REACHABLE: "who can be reached",
    State.UNSUBSCRIBED: "who unsubscribed",
    State.SUPPRESSED: "who are suppressed",
    State.PAUSED: "who asked for a pause",
    State.EXPIRED: "whose consent has ended",
    State.NO_LIST: "who are on no list",
}


@dataclass(frozen=True)
class Filter:
    search: str = ""
    list_id: int | None = None
    state: str = ""
    tag: str = ""
    segment_id: int | None = None
    sort: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "Filter":
        state = query.get("state", "")
        return cls(
            query.get("q", "").strip().replace("\0", "")[:200],
            whole_number(query.get("list")),
            state if state in State.values else "",
            query.get("tag", "").replace("\0", "")[: tags.LONGEST],
            whole_number(query.get("segment")),
            sort if (sort := query.get("sort", "")) in SORTS else "",
        )

    @property
    def is_empty(self) -> bool:
        return replace(self, sort="") == Filter()

    def apply(self) -> ContactQuerySet:
        found: ContactQuerySet = Contact.objects.all()
        if self.list_id:
            found = found.on_list(self.list_id)
        if self.tag:
            found = found.tagged(self.tag)
        if self.segment_id:
            found = found.filter(asking.is_in(self.segment_id))
        if self.search:
            found = found.search(self.search)
        match self.state:
            case State.REACHABLE:
                found = found.reachable()
            case State.UNSUBSCRIBED:
                found = found.unsubscribed()
            case State.SUPPRESSED:
                found = found.suppressed()
            case State.PAUSED:
                found = found.paused()
            case State.EXPIRED:
                found = found.expired(self.list_id)
            case State.NO_LIST:
                found = found.on_no_list()
        return found

    def url(self, **changes: object) -> str:
        return "?" + urlencode(self.pairs(**changes))

    def pairs(self, **changes: object) -> list[tuple[str, str]]:
        """As names and values of an address or of hidden fields."""
        now: dict[str, object] = {"q": self.search, "list": self.list_id, "tag": self.tag, "state": self.state}
        now |= {"segment": self.segment_id, "sort": self.sort} | changes
        return [(name, str(value)) for name, value in now.items() if value]

    @property
    def pairs_but_search(self) -> list[tuple[str, str]]:
        return self.pairs(q="")

    @property
    def phrases(self) -> list[Phrase]:
        """In the order of a sentence that begins with "People"."""
        found = []
        if self.list_id:
            name = MailingList.objects.filter(pk=self.list_id).values_list("name", flat=True).first()
            found.append(Phrase(f"on the list {isolated(name or 'that was deleted')}", self.url(list="")))
        if self.segment_id:
            name = Segment.objects.filter(pk=self.segment_id).values_list("name", flat=True).first()
            found.append(Phrase(f"in the segment {isolated(name or 'that was deleted')}", self.url(segment="")))
        if self.tag:
            found.append(Phrase(f"tagged “{isolated(self.tag)}”", self.url(tag="")))
        if self.search:
            found.append(Phrase(f"with “{isolated(self.search)}” in name or address", self.url(q="")))
        if self.state:
            found.append(Phrase(_STATES[State(self.state)], self.url(state="")))
        return found

    @property
    def sentence(self) -> str:
        phrases = self.phrases
        return "People " + ", ".join(one.words for one in phrases) if phrases else "Everyone"

    def state_chips(self) -> list[Chip]:
        everyone = Chip("Everyone", self.url(state=""), not self.state)
        return [everyone, *(Chip(s.label, self.url(state=s.value), self.state == s.value) for s in State)]

    def chip_rows(self) -> list[tuple[str, list[Chip]]]:
        """Lists, segments and tags to choose from; without those there are none of."""
        found = [("List", self._list_chips()), ("Segment", self._segment_chips()), ("Tag", self._tag_chips())]
        return [(label, chips) for label, chips in found if chips]

    def _list_chips(self) -> list[Chip]:
        lists = MailingList.objects.not_archived().values_list("id", "name")[:_CHIPS]
        chips = [Chip(name, self.url(list=key), self.list_id == key) for key, name in lists]
        return [Chip("Any list", self.url(list=""), not self.list_id), *chips] if chips else []

    def _segment_chips(self) -> list[Chip]:
        segments = Segment.objects.values_list("id", "name")[:_CHIPS]
        chips = [Chip(name, self.url(segment=key), self.segment_id == key) for key, name in segments]
        return [Chip("Any segment", self.url(segment=""), not self.segment_id), *chips] if chips else []

    def _tag_chips(self) -> list[Chip]:
        names = tags.known(also=[self.tag] if self.tag else [], among=_TAGGED_LOOKED_AT)[:_CHIPS]
        chips = [Chip(name, self.url(tag=name), self.tag == name) for name in names]
        return [Chip("Any tag", self.url(tag=""), not self.tag), *chips] if chips else []
