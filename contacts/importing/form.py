"""What people decide about an import, from the page to a plan."""

from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.fields import LineField
from contacts.exporting import joined
from contacts.fields import key_for
from contacts.forms import TagsField
from contacts.grounds.forms import months_field, refuse_too_long
from contacts.grounds.models import Basis
from contacts.importing.columns.questions import DISREGARD, answered
from contacts.importing.plan import CONSENT, DECIDED, Column, Consent, Mode, Plan, Repeated, Status, Target
from contacts.importing.reading.detecting import DELIMITERS, ENCODINGS, Shape
from contacts.models import Field, MailingList

_EVERYONE: list[tuple[int | str, str]] = [
    ("", "Choose …"),
    (Status.SUBSCRIBED, "Wants mail, unless the status column says otherwise"),
    (Status.UNCONFIRMED, "Has not confirmed yet"),
    (Status.UNSUBSCRIBED, "Has unsubscribed"),
    (Status.BOUNCED, "Cannot be reached (cleaned, bounced)"),
    (Status.COMPLAINED, "Marked a mail as spam"),
]


_MEANINGS = [
    (Status.SUBSCRIBED, "Wants mail"),
    (Status.UNCONFIRMED, "Has not confirmed yet"),
    (Status.UNSUBSCRIBED, "Unsubscribed, or never agreed"),
    (Status.BOUNCED, "Cannot be reached (bounced)"),
    (Status.COMPLAINED, "Marked a mail as spam"),
]
_ANSWERS = [
    (Target.OPTED_OUT.value, "Whoever has something there unsubscribed"),
    (Target.OPTED_IN.value, "Whoever has nothing or a “no” there never agreed"),
    (Target.CONFIRMED.value, "Whoever has nothing or a “no” there has not confirmed"),
    (Target.BOUNCED.value, "Whoever has something there cannot be reached"),
    (Target.COMPLAINED.value, "Whoever has something there marked a mail as spam"),
    (Target.STATUS.value, "Each word there says something else"),
]


class ShapeForm(forms.Form):
    encoding = forms.ChoiceField(choices=list(ENCODINGS.items()), label="Encoding")
    delimiter = forms.ChoiceField(choices=list(DELIMITERS.items()), label="Between the cells")
    has_header = forms.TypedChoiceField(
        choices=[("yes", "The names of the columns"), ("no", "A person already")],
        coerce=lambda word: word == "yes",
        label="In the first line",
    )
    title_lines = forms.IntegerField(
        min_value=0,
        max_value=20,
        required=False,
        label="Lines above the table",
        help_text="A title, for example. They are left out, 20 at most.",
    )

    @classmethod
    def of(cls, plan: Plan) -> "ShapeForm":
        names = {"encoding": plan.encoding, "delimiter": plan.delimiter, "title_lines": plan.title_lines}
        return cls(initial=names | {"has_header": "yes" if plan.has_header else "no"})

    def shape(self) -> Shape:
        return Shape(**self.cleaned_data | {"title_lines": self.cleaned_data["title_lines"] or 0})


class ImportForm(forms.Form):
    everyone = forms.TypedChoiceField(
        choices=_EVERYONE,
        coerce=int,
        label="Everyone in this file",
        error_messages={"required": "Say who the people in this file are."},
    )
    day_first = forms.TypedChoiceField(
        choices=[("no", "4 March (month first)"), ("yes", "3 April (day first)")],
        coerce=lambda word: word == "yes",
        label="03/04 in dates means",
        required=False,
        help_text="Only where a / stands between the numbers: 03.04. is 3 April in any case.",
    )
    lists = forms.ModelMultipleChoiceField(
        MailingList.objects.not_archived(), required=False, widget=forms.CheckboxSelectMultiple, label="Put them on"
    )
    new_list = LineField(max_length=120, required=False, label="A new list", help_text="Made when the import starts.")
    tags = TagsField(max_length=500, label="Tags for everybody in it", help_text="With commas between them.")
    repeated = forms.ChoiceField(
        choices=Repeated.choices,
        required=False,
        label="Who is in the file twice",
        help_text="Whichever counts: the graver word about wanting mail holds.",
    )
    leaves_out_roles = forms.BooleanField(
        required=False,
        label="Leave out addresses of offices (info@, sales@\u00a0…)",
        help_text="Nobody knows who reads them.",
    )
    leaves_out_disposable = forms.BooleanField(required=False, label="Leave out addresses made to be thrown away")
    mode = forms.ChoiceField(
        choices=Mode.choices,
        widget=forms.RadioSelect,
        label="What is known already about a person",
        help_text="An empty cell never deletes anything.",
    )
    consent_source = forms.ChoiceField(
        choices=Consent.choices,
        widget=forms.RadioSelect,
        label="How did these people agree to get mail?",
        help_text="The law wants you to be able to show it. It is kept beside each person.",
        error_messages={"required": "Say how these people agreed to get mail."},
    )
    legal_basis = forms.ChoiceField(
        choices=Basis.choices,
        required=False,
        label="On what ground may you write to them?",
        help_text="It becomes the legal basis of those of the lists that have none. The others keep theirs.",
    )
    months = months_field()
    consent_text = LineField(
        max_length=300, required=False, label="In your words", help_text="For example the address of the form."
    )

    @classmethod
    def of(cls, plan: Plan) -> "ImportForm":
        return cls(
            initial={
                "everyone": "" if plan.everyone == Status.UNKNOWN else plan.everyone,
                "day_first": "yes" if plan.day_first else "no",
                "lists": plan.lists,
                "mode": plan.mode,
                "consent_source": plan.consent_source,
                "consent_text": plan.consent_text,
                "legal_basis": plan.legal_basis or Basis.CONSENT,
                "months": plan.months or "",
                "tags": joined(plan.tags),
                "repeated": plan.repeated,
                "leaves_out_roles": plan.leaves_out_roles,
                "leaves_out_disposable": plan.leaves_out_disposable,
            }
        )

    def clean_tags(self) -> tuple[str, ...]:
        return tuple(self.cleaned_data["tags"])

    def clean_new_list(self) -> str:
        name: str = self.cleaned_data["new_list"]
        if MailingList.objects.filter(name=name).exists():
            raise ValidationError("There is a list of this name already. Choose it above.")
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        refuse_too_long(self, data.get("legal_basis"))
        return data

    def decide(self, plan: Plan) -> Plan:
        """`plan` with what was chosen; makes the new list."""
        data = self.cleaned_data
        lists = [chosen.pk for chosen in data["lists"]]
        if data["new_list"]:
            lists.append(MailingList.objects.create(name=data["new_list"]).pk)
        decided = {name: data[name] for name in ("everyone", *DECIDED)} | {"lists": tuple(lists)}
        decided["repeated"] = data["repeated"] or Repeated.FIRST.value
        return plan.change(day_first=data["day_first"] is True, **decided)


def with_columns(plan: Plan, header: list[str], data: QueryDict) -> Plan:
    """`plan` with the columns as the page's `column-0 ...` and `label-0 ...` say, and what was answered about them:
    `answer-0` for a column as a whole, each `meaning-0` ("30:zombie") for one word in it."""
    known = set(Field.objects.values_list("key", flat=True))
    return plan.change(
        columns=tuple(
            _answered(
                _column(data.get(f"column-{index}", ""), data.get(f"label-{index}", ""), name, known),
                data.get(f"answer-{index}", ""),
                data.getlist(f"meaning-{index}"),
            )
            for index, name in enumerate(header)
        )
    )


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """What a column may become, in groups."""
    person = [
        (str(target.value), str(target.label))
        for target in Target
        if target not in (Target.IGNORE, Target.FIELD, Target.NEW, Target.ASK, *CONSENT)
    ]
    consent = [(str(target.value), str(target.label)) for target in Target if target in CONSENT]
    consent += [
        (f"{target.value}:else", f"{target.label}, anything else means agreed")
        for target in (Target.OPTED_IN, Target.CONFIRMED)
    ]
    fields = [(f"field:{key}", label) for key, label in Field.objects.values_list("key", "label")]
    new = [(f"new:{kind.value}", f"New field: {kind.label}") for kind in Field.Kind]
    return [
        ("The person", person),
        ("Whether they want mail", consent),
        *([("Your fields", fields)] if fields else []),
        ("Make a field of it", new),
    ]


def meanings() -> list[tuple[str, str]]:
    """What a word in a column about consent may mean."""
    return [(str(int(status)), label) for status, label in _MEANINGS]


def answers() -> list[tuple[str, str]]:
    """What a column that nobody understands may say."""
    return [*_ANSWERS, ("ignore", "It has nothing to do with wanting mail")]


def chosen(column: Column) -> str:
    """The choice that stands for `column`."""
    if column.target == Target.FIELD:
        return f"field:{column.key}"
    if column.target in (Target.OPTED_IN, Target.CONFIRMED) and column.otherwise is not None:
        return f"{column.target}:else"
    return f"new:{column.kind}" if column.target == Target.NEW else column.target


def _answered(column: Column, answer: str, words: list[str]) -> Column:
    if column.target == Target.ASK and answer:
        column = _said(answer) if answer in dict(answers()) else column
    elif column.target not in CONSENT and answer == DISREGARD:
        column = replace(column, is_disregarded=True)
    if column.target not in CONSENT:
        return column
    known = {str(int(status)) for status, _ in _MEANINGS}
    pairs = [(status, word) for status, _, word in (one.partition(":") for one in words)]
    return replace(column, meanings=tuple((word[:200], int(status)) for status, word in pairs if status in known))


def _said(answer: str) -> Column:
    return Column() if answer == "ignore" else answered(answer)


def _column(choice: str, label: str, name: str, known: set[str]) -> Column:
    target, _, detail = choice.partition(":")
    if target == Target.FIELD:
        return Column(Target.FIELD, key=detail) if detail in known else Column()
    if target in (Target.OPTED_IN, Target.CONFIRMED) and detail == "else":
        return answered(target)
    if target == Target.NEW:
        label = " ".join(label.replace("\0", "").split())[:120] or name[:120]
        key = key_for(label)
        if key in known:
            return Column(Target.FIELD, key=key)
        return Column(Target.NEW, key=key, label=label, kind=detail if detail in Field.Kind.values else Field.Kind.TEXT)
    return Column(target) if target in Target.values else Column()
