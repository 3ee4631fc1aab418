"""The settings of a form, as staff write them."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.fields import LineField
from accounts.models import Organisation
from accounts.organisation import senders
from contacts.models import Field, MailingList
from contacts.signup import colouring
from contacts.signup.models import SignupForm
from contacts.signup.visitor import NAMES

ASK = "ask_"
COLOURS = ("background_colour", "text_colour", "button_colour")
_MERGE_TAG = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_SAME_FOR_ALL = (
    *("title", "intro", "consent_text", "button", "thanks"),
    *("mail_subject", "mail_text", "welcome_subject", "welcome_text"),
)
_HOST = re.compile(r"https?://(?:[a-z0-9-]+\.)*[a-z0-9-]+(?::\d{1,5})?")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_ASKED = [("", "Not asked"), ("optional", "Optional"), ("required", "Required")]
_WORDS = {"first_name": "First name", "last_name": "Last name"}
_NO_TAG = "“{}” would be read as it stands here: these words are the same for everybody. Write them without it."


def _colour(label: str) -> forms.CharField:
    return forms.CharField(required=False, max_length=7, label=label, widget=forms.TextInput(attrs={"type": "color"}))


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    name = LineField(max_length=120, label="Name", help_text="Only you and your team see this.")
    lists = forms.ModelMultipleChoiceField(
        MailingList.objects.none(), widget=forms.CheckboxSelectMultiple, label="Lists"
    )
    visitor_chooses = forms.BooleanField(
        required=False,
        label="Visitors choose among them",
        help_text="Otherwise whoever signs up gets all of them.",
    )
    asks_counting = forms.BooleanField(
        required=False,
        label="Ask whether opens and clicks may be counted",
        help_text="Two questions that may be left open: nobody has to be counted to get mail.",
    )
    language = forms.ChoiceField(required=False, label="Language")
    title = LineField(max_length=120, required=False, label="Heading")
    intro = forms.CharField(max_length=1000, required=False, label="Text above the fields", widget=_area(3))
    consent_text = forms.CharField(
        max_length=400,
        required=False,
        label="What they agree to",
        widget=_area(3),
        help_text="Stands above the button. Each version is kept as proof. Empty: our words, in their language.",
    )
    button = LineField(max_length=60, required=False, label="Button")
    thanks = forms.CharField(max_length=1000, required=False, label="Text after signing up", widget=_area(2))
    thanks_url = forms.URLField(
        max_length=500,
        required=False,
        assume_scheme="https",
        label="Page of yours after signing up",
        help_text="Empty: ours, with a button that sends the mail again.",
    )
    confirmed_url = forms.URLField(
        max_length=500, required=False, assume_scheme="https", label="Page of yours after confirming"
    )
    sender_name = LineField(max_length=120, required=False, label="Sender’s name")
    sender_email = LineField(
        max_length=254, required=False, label="Sender’s address", help_text="Empty: those of your organisation."
    )
    mail_subject = LineField(max_length=200, required=False, label="Subject")
    mail_text = forms.CharField(
        max_length=3000,
        required=False,
        label="Text",
        widget=_area(4),
        help_text="No advertising: it goes to people who have not agreed to any. The button is added below it.",
    )
    confirm_days = forms.IntegerField(
        min_value=1, max_value=60, initial=7, label="Days until the link lapses", help_text="From 1 to 60."
    )
    sends_welcome = forms.BooleanField(required=False, label="Send a welcome mail once they have confirmed")
    welcome_subject = LineField(max_length=200, required=False, label="Subject of the welcome mail")
    welcome_text = forms.CharField(max_length=5000, required=False, label="Text of the welcome mail", widget=_area(4))
    has_colours = forms.BooleanField(
        required=False, label="Colours of its own", help_text="Otherwise it wears those of your organisation."
    )
    background_colour = _colour("Background")
    text_colour = _colour("Text")
    button_colour = _colour("Button")
    proof_of_work = forms.BooleanField(
        required=False,
        label="Let browsers prove that they are no robot",
        help_text="Each computes for about a second while its person types; nobody solves a riddle, and no other"
        " company is asked. Without scripts one can sign up as well: always confirmed by mail, and few an hour.",
    )
    frame_hosts = forms.CharField(
        required=False,
        max_length=2000,
        label="Sites that may show it in a frame",
        widget=_area(2),
        help_text="One in each line, such as https://www.example.org. Empty: any.",
    )

    class Meta:
        model = SignupForm
        fields = [
            *("name", "lists", "visitor_chooses", "language", "title", "intro", "consent_text", "button", "thanks"),
            *("thanks_url", "confirmed_url", "sender_name", "sender_email", "mail_subject", "mail_text"),
            *("confirm_days", "sends_welcome", "welcome_subject", "welcome_text", "frame_hosts"),
            *("asks_counting", "proof_of_work", *COLOURS),
        ]

    def __init__(self, *args: Any, **options: Any) -> None:
        found: SignupForm = options.get("instance") or SignupForm()
        super().__init__(*args, **{**options, "instance": found})
        lists = MailingList.objects.not_archived()
        self.fields["lists"].queryset = lists  # type: ignore[attr-defined]
        self.fields["lists"].label_from_instance = _with_opt_in  # type: ignore[attr-defined]
        self.fields["language"].choices = [("", "The visitor’s"), *settings.LANGUAGES]  # type: ignore[attr-defined]
        self.initial["frame_hosts"] = "\n".join(found.frame_hosts)
        self._begin_colours(found)
        self._add_questions(found)

    def questions(self) -> list[forms.BoundField]:
        """What may be asked besides the address: names, and what is asked already."""
        return [one for one in self._all_questions() if self._is_at_hand(one)]

    def further_questions(self) -> list[forms.BoundField]:
        """The organisation's own fields that are not asked: an import may have made dozens."""
        return [one for one in self._all_questions() if not self._is_at_hand(one)]

    def _all_questions(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(ASK)]

    def _is_at_hand(self, question: forms.BoundField) -> bool:
        return question.name.removeprefix(ASK) in NAMES or bool(question.value())

    def clean_sender_email(self) -> str:
        email: str = self.cleaned_data["sender_email"]
        if email:
            validate_email(email)
            senders.check(email)
        return email

    def clean_frame_hosts(self) -> list[str]:
        found = [line.strip().lower().rstrip("/") for line in self.cleaned_data["frame_hosts"].splitlines()]
        for host in filter(None, found):
            if not _HOST.fullmatch(host) or len(host) > 260:
                raise ValidationError(f"“{host[:80]}” is no web address. Write https:// and a name.")
        return list(dict.fromkeys(filter(None, found)))

    def clean_thanks_url(self) -> str:
        return _web(self.cleaned_data["thanks_url"])

    def clean_confirmed_url(self) -> str:
        return _web(self.cleaned_data["confirmed_url"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._clean_colours(data)
        for name in _SAME_FOR_ALL:
            if tag := _MERGE_TAG.search(str(data.get(name, ""))):
                self.add_error(name, _NO_TAG.format(tag[0][:60]))
        asked = [name for name in self.fields if name.startswith(ASK) and data.get(name)]
        self.instance.fields = [{"key": name.removeprefix(ASK), "required": data[name] == "required"} for name in asked]
        return data

    def _begin_colours(self, found: SignupForm) -> None:
        """A control for colours shows one, whether the form has one or not."""
        organisation = Organisation.get()
        brand = organisation.own_brand.colour if organisation else "#1f4fa8"
        shown = zip(COLOURS, (colouring.PAPER, colouring.INK, brand), strict=True)
        self.initial.update({name: getattr(found, name) or otherwise for name, otherwise in shown})
        self.initial["has_colours"] = bool(found.background_colour)

    def _clean_colours(self, data: dict[str, Any]) -> None:
        if not data.get("has_colours"):
            data |= dict.fromkeys(COLOURS, "")
            return
        for name in COLOURS:
            data[name] = str(data.get(name, "")).lower()
            if not _COLOUR.fullmatch(data[name]):
                self.add_error(name, "Write the colour as # and six digits, for example #1f4fa8.")
        if not self.errors.keys() & set(COLOURS) and (
            problem := colouring.problem(data["background_colour"], data["text_colour"])
        ):
            self.add_error("text_colour", problem)

    def _add_questions(self, found: SignupForm) -> None:
        asked = {entry["key"]: "required" if entry["required"] else "optional" for entry in found.fields}
        known = {**_WORDS, **dict(Field.objects.values_list("key", "label"))}
        for key in (*NAMES, *(key for key in known if key not in NAMES)):
            initial = asked.get(key, "")
            self.fields[f"{ASK}{key}"] = forms.ChoiceField(
                choices=_ASKED, required=False, label=known[key], initial=initial
            )


def _with_opt_in(one: MailingList) -> str:
    return f"{one} (joins {MailingList.OptIn(one.opt_in).label.lower()})"


def _web(address: str) -> str:
    if address and urlsplit(address).scheme not in ("http", "https"):
        raise ValidationError("It has to begin with https:// or http://.")
    return address
