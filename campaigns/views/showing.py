"""Whose mail the preview shows, and who comes before and after."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from accounts.numbers import whole_number
from accounts.permissions import StaffRequest
from campaigns.message import preview
from campaigns.message.preview import Preview
from campaigns.models import Campaign
from contacts import audience
from contacts.models import Contact
from contacts.segments import measuring

_PEOPLE = 50
_FOUND = 8


@dataclass
class Showing:
    campaign: Campaign
    contact: Contact | None
    words: str = ""

    @classmethod
    def read(cls, request: StaffRequest, campaign: Campaign) -> "Showing":
        """From `?contact=` (nobody chosen: the first of the audience with a name) and `?who=` (a search)."""
        chosen = whole_number(request.GET.get("contact"))
        contact = Contact.objects.filter(pk=chosen).first() if chosen else None
        words = request.GET.get("who", "").replace("\0", "").strip()
        showing = cls(campaign, contact, words)
        if words and showing.found:
            showing.contact = showing.found[0]
        elif contact is None and showing.people:
            named = (person for person in showing.people if person.first_name)
            showing.contact = next(named, showing.people[0])
        return showing

    @cached_property
    def people(self) -> list[Contact]:
        """Some of those who will receive it, for going through one by one; none where that takes too long."""
        try:
            with measuring.within(measuring.PAGE_MS):
                return audience.sample(self.campaign.readers(), _PEOPLE)
        except measuring.TooSlow:
            return []

    @cached_property
    def written(self) -> Campaign:
        """What this person gets: the campaign in their language, unless one of its languages is looked at."""
        return self.campaign.as_read_by(self.contact)

    @property
    def language(self) -> str:
        """Of what they get, if it is not that of the page."""
        return self.written.language if self.written != self.campaign else ""

    @cached_property
    def found(self) -> list[Contact]:
        words = self.words
        names = Q(email__icontains=words) | Q(first_name__icontains=words) | Q(last_name__icontains=words)
        return list(Contact.objects.filter(names).order_by("email")[:_FOUND]) if words else []

    @property
    def namesakes(self) -> list[Contact]:
        """The others whom the words may mean."""
        return self.found[1:]

    @cached_property
    def mail(self) -> Preview:
        return preview.preview(self.written, self.contact)

    @cached_property
    def as_sent(self) -> Preview:
        """Without the grey examples of blocks that are still empty."""
        return preview.preview(self.written, self.contact, with_examples=False)

    @property
    def previous(self) -> int | None:
        return self._neighbour(-1)

    @property
    def next(self) -> int | None:
        return self._neighbour(1)

    def _neighbour(self, step: int) -> int | None:
        ids = [person.pk for person in self.people]
        if self.contact is None or self.contact.pk not in ids:
            return ids[0] if ids else None
        position = ids.index(self.contact.pk) + step
        return ids[position] if 0 <= position < len(ids) else None
