"""The cards of a campaign as forms. A draft takes what is typed; preflight says what is missing."""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from accounts.fields import LineField
from accounts.models import AuditEntry, Organisation
from accounts.numbers import whole_number
from accounts.organisation import senders
from accounts.organisation.measuring import Tracking
from accounts.wording import listed
from campaigns.brands import choosing
from campaigns.content import bounds
from campaigns.drafts import deciding
from campaigns.drafts.deciding import When
from campaigns.models import Campaign, SeedList
from campaigns.preflight.findings import LONGEST_SUBJECT, PHONE_SUBJECT
from contacts import addresses, tags
from contacts.models import MailingList, Segment
from delivery.models import Provider

MOST_TYPED, MOST_TESTED = 10, 60  # addresses of one test mail

if TYPE_CHECKING:
    _CampaignForm = forms.ModelForm[Campaign]
else:
    _CampaignForm = forms.ModelForm


class Card(_CampaignForm):
    """Fields of one card. One line stays one line, whatever is pasted into it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, field in self.fields.items():
            if isinstance(field, forms.CharField) and not isinstance(field.widget, forms.Textarea):
                cleaned[name] = " ".join(str(cleaned.get(name, "")).split())
            if isinstance(field, forms.CharField) and (problem := self.problem_of(str(cleaned.get(name, "")))):
                self.add_error(name, problem)
        return cleaned

    def problem_of(self, words: str) -> str:
        """Why these words are not even taken as a draft."""
        return bounds.problem_of_words(words)

    def apply(self, campaign: Campaign) -> None:
        """Write the valid values into another, freshly locked instance of the same campaign."""
        for name in self.fields:
            setattr(campaign, name, self.cleaned_data[name])


class NameCard(Card):
    class Meta:
        model = Campaign
        fields = ["name"]
        labels: ClassVar = {"name": "Name of the campaign"}
        help_texts: ClassVar = {"name": "For you and your team. Nobody who gets the mail sees it."}


class ToCard(Card):
    tags = forms.MultipleChoiceField(
        label="Only those with any of these tags", required=False, widget=forms.CheckboxSelectMultiple
    )
    excluded_tags = forms.MultipleChoiceField(
        label="And nobody with any of these tags", required=False, widget=forms.CheckboxSelectMultiple
    )

    decided = forms.ChoiceField(
        label="Who gets it is decided",
        choices=When.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text="Now: nobody who joins later gets it. Who leaves or is suppressed until then never does.",
    )

    class Meta:
        model = Campaign
        fields = ["lists", "on_any_list", "segments", "tags", "excluded_lists", "excluded_segments", "excluded_tags"]
        labels: ClassVar = {
            "lists": "People in any of these lists",
            "on_any_list": "Or whoever agreed to any list, and is in a segment or has a tag that you choose",
            "segments": "Only those in any of these segments",
            "excluded_lists": "But nobody on these lists",
            "excluded_segments": "And nobody in these segments",
        }
        help_texts: ClassVar = {
            **dict.fromkeys(Campaign.CHOSEN_PEOPLE, ""),
            "on_any_list": "While this is ticked, the lists above do not count. They stay chosen.",
        }
        widgets: ClassVar = dict.fromkeys(Campaign.CHOSEN_PEOPLE, forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("lists", "excluded_lists"):
            # An archived one stays to be seen where it was chosen before: preflight asks to take it out.
            offered = Q(archived_at=None)
            if self.instance.pk:
                offered |= Q(pk__in=getattr(self.instance, name).values("pk"))
            self.fields[name].queryset = MailingList.objects.filter(offered)  # type: ignore[attr-defined]
        for name in ("segments", "excluded_segments"):
            self.fields[name].queryset = Segment.objects.all()  # type: ignore[attr-defined]
        names = tags.known(also=[*self.instance.tags, *self.instance.excluded_tags])
        for field in ("tags", "excluded_tags"):
            self.fields[field].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
        self.initial["decided"] = deciding.of(self.instance)

    def apply(self, campaign: Campaign) -> None:
        campaign.on_any_list = self.cleaned_data["on_any_list"]
        campaign.tags, campaign.excluded_tags = self.cleaned_data["tags"], self.cleaned_data["excluded_tags"]
        for name in Campaign.CHOSEN_PEOPLE:
            getattr(campaign, name).set(self.cleaned_data[name])
        deciding.decide(campaign, When(self.cleaned_data["decided"] or When.SENT))


class FromCard(Card):
    class Meta:
        model = Campaign
        fields = ["sender_name", "sender_email", "reply_to", "provider"]
        labels: ClassVar = {
            "sender_name": "Name",
            "sender_email": "Address",
            "reply_to": "Answers go to",
            "provider": "Way out",
        }
        help_texts: ClassVar = {
            "sender_name": "What people see in their inbox, such as your organisation or a person in it.",
            "sender_email": "",
            "reply_to": "Empty: the address above.",
            "provider": "The sandbox delivers to nobody: a rehearsal.",
        }
        widgets: ClassVar = {
            "sender_email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "reply_to": forms.EmailInput(attrs={"autocomplete": "off"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for address in ("sender_email", "reply_to"):
            self.fields[address].validators.append(senders.check)
        provider = self.fields["provider"]
        provider.queryset = Provider.objects.for_campaigns()  # type: ignore[attr-defined]
        provider.empty_label = f"The usual one ({Provider.objects.default()})"  # type: ignore[attr-defined]


class BrandCard(Card):
    class Meta:
        model = Campaign
        fields = ["brand"]
        labels: ClassVar = {"brand": "Brand"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        brand: Any = self.fields["brand"]
        brand.queryset = choosing.others()
        brand.empty_label = choosing.usual()
        self.has_others = brand.queryset.exists()

    def apply(self, campaign: Campaign) -> None:
        """A sender that was the brand's goes with the brand; one typed by somebody stays."""
        is_theirs = (campaign.sender_name, campaign.sender_email) == choosing.sender_of(campaign.brand)
        super().apply(campaign)
        if is_theirs:
            campaign.sender_name, campaign.sender_email = choosing.sender_of(campaign.brand)


class CountingCard(Card):
    class Meta:
        model = Campaign
        fields = ["tracking"]
        labels: ClassVar = {"tracking": "Opens and clicks"}
        help_texts: ClassVar = {
            "tracking": "By person counts only those who may be counted. Anonymously counts how often, never who."
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation = Organisation.get()
        usual = Tracking(organisation.tracking if organisation else Tracking.INDIVIDUAL).label
        choices = [("", f"As usual ({usual.lower()})"), *Tracking.choices]
        self.fields["tracking"] = forms.ChoiceField(
            label=self.fields["tracking"].label,
            help_text=self.fields["tracking"].help_text,
            required=False,
            choices=choices,
            widget=forms.RadioSelect,
        )


class SubjectCard(Card):
    class Meta:
        model = Campaign
        fields = ["subject", "preheader"]
        labels: ClassVar = {"subject": "Subject", "preheader": "Preheader"}
        help_texts: ClassVar = {
            "subject": f"Phones show about {PHONE_SUBJECT} characters, most inboxes {LONGEST_SUBJECT}.",
            "preheader": "The grey line beside the subject in the inbox. Say what the subject leaves out.",
        }


class HtmlCard(Card):
    class Meta:
        model = Campaign
        fields = ["html"]
        labels: ClassVar = {"html": "HTML"}
        help_texts: ClassVar = {"html": "A whole page. Styles are written into the elements for you."}
        widgets: ClassVar = {"html": forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "mono"})}

    def problem_of(self, words: str) -> str:
        return bounds.problem_of_html(words)

    def apply(self, campaign: Campaign) -> None:
        super().apply(campaign)
        campaign.content_kind = Campaign.ContentKind.HTML


class TextCard(Card):
    class Meta:
        model = Campaign
        fields = ["text"]
        labels: ClassVar = {"text": "Plain text"}
        help_texts: ClassVar = {"text": "For readers without HTML. Empty: made from the mail, and kept up to date."}
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 12, "class": "mono"})}

    def problem_of(self, words: str) -> str:
        return bounds.problem_of_text(words)


class ScheduleCard(Card):
    class Meta:
        model = Campaign
        fields = ["scheduled_at"]
        labels: ClassVar = {"scheduled_at": "Start at"}
        widgets: ClassVar = {
            "scheduled_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = Organisation.zone()
        now = timezone.now().astimezone(ZoneInfo(zone))
        self.fields[
            "scheduled_at"
        ].help_text = f"Time in {zone}, where it is {now:%H:%M} now. Empty: when you press the button."


CARDS: dict[str, type[Card]] = {
    "name": NameCard,
    "to": ToCard,
    "from": FromCard,
    "brand": BrandCard,
    "subject": SubjectCard,
    "html": HtmlCard,
    "text": TextCard,
    "counting": CountingCard,
    "schedule": ScheduleCard,
}


OF_WORDS = frozenset({"subject", "html", "text"})  # all that a translation has


class AddressesField(forms.CharField):
    """Several addresses, each once, in the order they were typed; parted by whatever people type between them."""

    def __init__(self, *, most: int, too_many: str, **options: Any) -> None:
        super().__init__(**options)
        self._most = most
        self._too_many = too_many

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        typed = [word for word in re.split(r"[\s,;]+", super().clean(value)) if word]
        if not typed and self.required:
            raise ValidationError(str(self.error_messages["required"]))
        if len(typed) > self._most:
            raise ValidationError(self._too_many)
        found: dict[str, str] = {}
        for word in typed:
            try:
                address = addresses.normalise(word)
            except addresses.InvalidAddress as problem:
                raise ValidationError(f"“{word[:60]}”: {problem.reason}") from None
            found.setdefault(addresses.key(address), address)
        return list(found.values())


if TYPE_CHECKING:
    _SeedListForm = forms.ModelForm[SeedList]
    _SeedListsField = forms.ModelMultipleChoiceField[SeedList]
else:
    _SeedListForm, _SeedListsField = forms.ModelForm, forms.ModelMultipleChoiceField


class SeedListsField(_SeedListsField):
    def clean(self, value: Any) -> Any:
        """A list that somebody deleted since the dialog was opened is named."""
        try:
            return super().clean(value)
        except ValidationError as problem:
            gone = _deleted_seed_lists(value or ()) if problem.code == "invalid_choice" else []
            if not gone:
                raise
            lists, are, them = _words_of(gone)
            said = f"The {lists} {are} deleted, so nothing is sent yet."
            raise ValidationError(f"{said} Choose another, or send it without {them}.") from None

    def label_from_instance(self, obj: SeedList) -> str:
        return f"{obj.name} ({len(obj.addresses)})"


def _words_of(names: Sequence[str]) -> tuple[str, str, str]:
    """The seed lists, a verb and a pronoun."""
    named = listed([f"“{name}”" for name in names])
    return (f"seed list {named}", "is", "it") if len(names) == 1 else (f"seed lists {named}", "are", "them")


def _deleted_seed_lists(chosen: Iterable[object]) -> list[str]:
    """Their names, as the audit trail has them."""
    numbers = [number for text in chosen if (number := whole_number(str(text)))]
    deleted = AuditEntry.objects.filter(action="seed_list.deleted", detail__seed_list__in=numbers)
    return list(deleted.order_by("subject").values_list("subject", flat=True))


class TestMailForm(forms.Form):
    to = AddressesField(
        label="Send it to",
        required=False,
        max_length=2_000,
        most=MOST_TYPED,
        too_many=f"At most {MOST_TYPED} typed addresses get a test mail at once. Keep more in a seed list.",
        help_text=f"One address or several, up to {MOST_TYPED}, parted by commas.",
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
    )
    seeds = SeedListsField(
        SeedList.objects.all(), label="And to seed lists", required=False, widget=forms.CheckboxSelectMultiple
    )
    through = forms.ModelChoiceField(Provider.objects.for_campaigns(), label="Through", required=False)
    contact = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, way_out: Provider, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        through: Any = self.fields["through"]
        through.queryset = through.queryset.exclude(pk=way_out.pk)
        through.empty_label = f"{way_out}, as the campaign"

    @property
    def gone(self) -> str:
        """Of seed lists that the form begins with and that are deleted since: a sentence, empty where there is none."""
        kept = self.initial.get("seeds", ())
        there = set(SeedList.objects.filter(pk__in=kept).values_list("pk", flat=True)) if kept else set()
        names = _deleted_seed_lists(set(kept) - there)
        lists, are, them = _words_of(names)
        return f"The {lists} got the last test and {are} deleted: this one does not go to {them}." if names else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kept = [address for seeds in cleaned.get("seeds", ()) for address in seeds.addresses]
        found = {addresses.key(address): address for address in [*kept, *cleaned.get("to", ())]}
        if not found and "to" in cleaned and "seeds" in cleaned:
            self.add_error("to", "Enter an address, or choose a seed list with addresses.")
        if len(found) > MOST_TESTED:
            self.add_error(None, f"These are {len(found)} addresses; {MOST_TESTED} get a test mail at once.")
        return cleaned | {"everybody": list(found.values())}


class SeedListForm(_SeedListForm):
    name = LineField(label="Name", max_length=80, help_text="Such as “Inboxes of the large providers”.")
    addresses = AddressesField(
        label="Addresses",
        max_length=10_000,
        most=SeedList.MOST_ADDRESSES,
        too_many=f"A seed list has room for {SeedList.MOST_ADDRESSES} addresses.",
        help_text=f"One a line, up to {SeedList.MOST_ADDRESSES}.",
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
    )

    class Meta:
        model = SeedList
        fields = ["name", "addresses"]
