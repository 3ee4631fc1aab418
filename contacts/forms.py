"""What people type about contacts, lists and fields."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.html import format_html

from accounts.fields import LineField, TimeZoneField
from accounts.models import User
from accounts.organisation import senders
from contacts import addresses, consent, tags, tracking_consent
from contacts.exporting import joined
from contacts.guessing import languages
from contacts.importing.reading.cells import split_names
from contacts.merging import known
from contacts.models import Contact, Field, MailingList, TrackingConsent
from contacts.profile import changing
from contacts.profile.changing import OWN
from contacts.profile_fields import controls
from contacts.suppression import following, vacated


class AddressField(LineField):
    def __init__(self, **options: Any) -> None:
        options.setdefault("label", "E-mail address")
        super().__init__(max_length=320, **options)
        self.widget.attrs |= {"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return addresses.normalise(text)
        except addresses.InvalidAddress as problem:
            meant = addresses.suggestion(text)
            raise ValidationError(f"{problem.reason}{f' Did you mean {meant}?' if meant else ''}") from None


class OptionalTimeZoneField(TimeZoneField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        del self.widget.attrs["data-behaviour"]  # it would fill in the zone of whoever is typing

    def clean(self, value: Any) -> str:
        return super().clean(value) if value and value.strip() else ""


class LanguageField(LineField):
    """A language by its code or by its name; kept as a code."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "A name or a code, such as German, en or pt-BR.")
        super().__init__(max_length=60, **options)
        self.widget.attrs |= {"autocomplete": "off"}

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        found = languages.find(text) if text else ""
        if text and (not found or len(found) > 12):
            raise ValidationError(f"There is no language “{text}”. Write a name or a code, such as German or de.")
        return found


class TagsField(LineField):
    """Several tags in one line, each once."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "Parted by commas, for example vip, press.")
        options.setdefault("max_length", 5_000)
        super().__init__(required=False, **options)
        self.widget.attrs |= {"autocomplete": "off"}

    def clean(self, value: Any) -> list[str]:
        found = split_names(super().clean(value))
        if len(found) > tags.MOST:
            raise ValidationError(f"At most {tags.MOST} tags.")
        if too_long := next((tag for tag in found if len(tag) > tags.LONGEST), ""):
            raise ValidationError(f"“{too_long[:40]}…” is longer than {tags.LONGEST} characters.")
        return found


class ContactForm(forms.Form):
    """The person's own details and one control for each field there is."""

    email = AddressField()
    first_name = LineField(max_length=200, required=False)
    last_name = LineField(max_length=200, required=False)
    tags = TagsField()
    language = LanguageField(required=False)
    time_zone = OptionalTimeZoneField(required=False, help_text="Empty: the one of the organisation.")
    open_consent = forms.ChoiceField(
        label="May we count their opens?",
        choices=TrackingConsent.choices,
        help_text="Refused: their mails come without the picture that counts, and none of earlier mails is recorded.",
    )
    click_consent = forms.ChoiceField(
        label="May we count their clicks?",
        choices=TrackingConsent.choices,
        help_text="Refused: their mails have plain links, and clicks in earlier mails are no longer recorded.",
    )
    tracking_said = LineField(
        label="How they said so",
        max_length=300,
        required=False,
        help_text="Kept as proof when one of the two changes. For example: on the telephone, 12 March.",
    )

    def __init__(self, *args: Any, contact: Contact | None = None, **options: Any) -> None:
        self.contact = contact
        self.own_fields = list(Field.objects.all())
        if contact:
            options["initial"] = _initial(contact, self.own_fields)
        super().__init__(*args, **options)
        for own in self.own_fields:
            value = contact.attributes.get(own.key) if contact else None
            self.fields[f"field_{own.key}"] = controls.control(own, value)
        if contact and not contact.language and contact.guessed_language:
            name = languages.name_of(contact.guessed_language)
            self.fields["language"].help_text = f"Guessed: {name}. What you write here counts instead."
        if contact and not contact.time_zone and contact.guessed_time_zone:
            words = f"Guessed: {contact.guessed_time_zone}. What you choose here counts instead."
            self.fields["time_zone"].help_text = words
        for column in tracking_consent.COLUMNS.values():
            if contact and getattr(contact, column) != TrackingConsent.UNKNOWN:  # an answer is never unsaid
                self.fields[column].choices = TrackingConsent.choices[1:]  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        same = Contact.objects.annotate(key=Lower("email")).filter(key=addresses.key(email))
        if self.contact:
            same = same.exclude(pk=self.contact.pk)
        if there := same.first():
            raise ValidationError(
                format_html('There is <a href="{}">a contact with this address</a> already.', there.get_absolute_url())
            )
        merge = known.of_address(email)
        if merge and merge.contact_id != (self.contact.pk if self.contact else None):
            words = 'This address was merged into <a href="{}">{}</a>.'
            raise ValidationError(format_html(words, merge.contact.get_absolute_url(), merge.contact))
        return email

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not data.get("tracking_said") and any(map(self._agrees, tracking_consent.COLUMNS.values())):
            self.add_error("tracking_said", "Say how this person agreed to be counted.")
        return data

    def _agrees(self, column: str) -> bool:
        was = getattr(self.contact, column) if self.contact else TrackingConsent.UNKNOWN
        return bool(self.cleaned_data.get(column) == TrackingConsent.GIVEN != was)

    @transaction.atomic
    def save(self, *, source: str = "", by: User | None = None) -> Contact:
        """Write what the form holds; what it does not hold stays as it is now."""
        contact = Contact(source=source)
        if self.contact:
            contact = Contact.objects.select_for_update(no_key=True).get(pk=self.contact.pk)
        before = changing.values(contact)
        self._write(contact)
        # Consent is not among them: it may have been withdrawn a moment ago, and has its own way in.
        contact.save(update_fields=None if contact.pk is None else [*OWN, "attributes", "updated_at"])
        if self.contact:
            changing.record(contact, before, by=by)
            consent.follow(contact, before["email"])
            following.follow(before["email"], contact.email)
            vacated.take_again(contact.email, vacated.MERGED)
        states = {
            part: self.cleaned_data[column]
            for part, column in tracking_consent.COLUMNS.items()
            if column in self.cleaned_data
        }
        said = self.cleaned_data.get("tracking_said", "")
        tracking_consent.record(contact, tracking_consent.Answer(states, channel="hand", text=said, by=by))
        return contact

    def _write(self, contact: Contact) -> None:
        for name in OWN:
            if name in self.cleaned_data:
                setattr(contact, name, self.cleaned_data[name])
        given = {
            own.key: self.cleaned_data[f"field_{own.key}"]
            for own in self.own_fields
            if f"field_{own.key}" in self.fields
        }
        if "tags" in self.fields:
            given[tags.KEY] = self.cleaned_data["tags"]
        for name, value in given.items():
            if controls.is_value(value):
                contact.attributes[name] = value
            else:
                contact.attributes.pop(name, None)


class ValueForm(ContactForm):
    """One value of a person, changed where it is read."""

    def __init__(self, *args: Any, contact: Contact, name: str, **options: Any) -> None:
        super().__init__(*args, contact=contact, **options)
        kept = [name, "tracking_said"] if name in tracking_consent.COLUMNS.values() else [name]
        self.fields = {each: self.fields[each] for each in kept}
        self.fields[name].widget.attrs |= {"autofocus": True}


class NewContactForm(ContactForm):
    lists = forms.ModelMultipleChoiceField(
        MailingList.objects.not_archived(), required=False, widget=forms.CheckboxSelectMultiple, label="Lists"
    )
    agreed = LineField(
        label="How they agreed to get mail",
        required=False,
        max_length=500,
        help_text="Kept as proof, for example “asked me at the fair on 12 March”. Needed for a list.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("lists") and not data.get("agreed"):
            self.add_error("agreed", "Say how this person agreed to be on the list.")
        return data

    def add(self, *, by: User) -> Contact:
        contact = self.save(source=f"Added by {by}"[:120], by=by)
        lists = [chosen.pk for chosen in self.cleaned_data["lists"]]
        consent.subscribe(contact, lists=lists, channel="hand", by=by, text=self.cleaned_data["agreed"])
        return contact


class UnsubscribeForm(forms.Form):
    """Of the dialog on the person's page."""

    reason = LineField(
        max_length=300,
        label="Reason",
        widget=forms.TextInput(attrs={"placeholder": "Asked me on the telephone"}),
        error_messages={"required": "Say why: the reason is kept beside the person."},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="", auto_id="unsubscribe-%s")


class ResubscribeForm(forms.Form):
    """Of the dialog on the person's page. `typed`: the address that is typed to confirm, None where it need not be."""

    lists = forms.ModelMultipleChoiceField(
        MailingList.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        label="Lists",
        error_messages={"required": "Choose a list."},
    )
    reason = LineField(
        max_length=300,
        label="How they asked for it",
        widget=forms.TextInput(attrs={"placeholder": "Wrote to us on 12 March"}),
        error_messages={"required": "Say how this person asked for it: that is the proof."},
    )
    typed = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, data: Any = None, *, lists: QuerySet[MailingList], typed: str | None) -> None:
        super().__init__(data, label_suffix="", auto_id="resubscribe-%s")
        field = self.fields["lists"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101  # it is declared above
        field.queryset = lists
        if typed is None:
            del self.fields["typed"]
        else:
            self.fields["typed"].label = f"They unsubscribed from everything. Type {typed} to confirm"


class ListForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    name = LineField(max_length=120, label="Name", help_text="Only you and your team see this.")
    public_name = LineField(
        max_length=120,
        required=False,
        label="Name for recipients",
        help_text="What they read where they unsubscribe, for example “Monthly news”. Empty: the name above.",
    )
    description = LineField(max_length=300, required=False, label="Note", help_text="Only you and your team see this.")
    public_description = LineField(
        max_length=300,
        required=False,
        label="Description for recipients",
        help_text="What they get and how often, for example “Four books a month, every first Sunday”.",
    )
    is_public = forms.BooleanField(
        required=False,
        label="Public",
        help_text="People see it where they choose what they get, and may join it. "
        "Otherwise only those see it who are on it.",
    )
    opt_in = forms.ChoiceField(
        choices=MailingList.OptIn.choices,
        widget=forms.RadioSelect,
        required=False,
        label="Who signs up by a form is on it",
        help_text="With a confirmation nobody can put somebody else on it; German courts ask for it.",
    )
    sender_name = LineField(
        max_length=120, required=False, label="Usual sender, name", help_text="Empty: the one of the organisation."
    )
    sender_email = forms.EmailField(
        required=False,
        label="Usual sender, address",
        validators=[senders.check],
        help_text="New campaigns to this list come from it.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    class Meta:
        model = MailingList
        fields = [
            "name",
            "description",
            "public_name",
            "public_description",
            "is_public",
            "opt_in",
            "sender_name",
            "sender_email",
        ]

    def clean_opt_in(self) -> str:
        return str(self.cleaned_data["opt_in"] or self.instance.opt_in)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("sender_name") and not data.get("sender_email") and "sender_email" not in self.errors:
            self.add_error("sender_email", "Enter the address that goes with this name, or leave both empty.")
        return data


def _initial(contact: Contact, own_fields: list[Field]) -> dict[str, Any]:
    initial = {name: getattr(contact, name) for name in (*OWN, *tracking_consent.COLUMNS.values())}
    initial["tags"] = joined(contact.attributes.get(tags.KEY) or ())
    for own in own_fields:
        initial[f"field_{own.key}"] = controls.initial(own, contact.attributes.get(own.key))
    return initial
