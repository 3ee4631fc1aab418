"""Which contacts a page or an export shows: an address such as /contacts/?list=3&tag=vip&q=ana says it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import models
from django.http import QueryDict

from accounts.numbers import whole_number
from contacts import tags
from contacts.models import Contact, ContactQuerySet, MailingList
from contacts.segments import asking


class State(models.TextChoices):
    REACHABLE = "reachable", "Reachable"
    UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
    SUPPRESSED = "suppressed", "Suppressed"
    PAUSED = "paused", "Paused"
    NO_LIST = "no-list", "On no list"


@dataclass(frozen=True)
class Chip:
    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Filter:
    search: str = ""
    list_id: int | None = None
    state: str = ""
    tag: str = ""
    segment_id: int | None = None

    @classmethod
    def of(cls, query: QueryDict) -> "Filter":
        state = query.get("state", "")
        return cls(
            query.get("q", "").strip().replace("\0", "")[:200],
            whole_number(query.get("list")),
            state if state in State.values else "",
            query.get("tag", "").replace("\0", "")[: tags.LONGEST],
            whole_number(query.get("segment")),
        )

    @property
    def is_empty(self) -> bool:
        return self == Filter()

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
            case State.NO_LIST:
                found = found.on_no_list()
        return found

    def url(self, **changes: object) -> str:
        now: dict[str, object] = {"q": self.search, "list": self.list_id, "tag": self.tag, "state": self.state}
        now |= {"segment": self.segment_id} | changes
        return "?" + urlencode({name: value for name, value in now.items() if value})

    def state_chips(self) -> list[Chip]:
        everyone = Chip("Everyone", self.url(state=""), not self.state)
        return [everyone, *(Chip(s.label, self.url(state=s.value), self.state == s.value) for s in State)]

    def list_chips(self) -> list[Chip]:
        lists = MailingList.objects.values_list("id", "name")[:30]
        chips = [Chip(name, self.url(list=key), self.list_id == key) for key, name in lists]
        return [Chip("Any list", self.url(list=""), not self.list_id), *chips] if chips else []

    def tag_chips(self) -> list[Chip]:
        names = tags.known(also=[self.tag] if self.tag else [])[:30]
        chips = [Chip(name, self.url(tag=name), self.tag == name) for name in names]
        return [Chip("Any tag", self.url(tag=""), not self.tag), *chips] if chips else []
