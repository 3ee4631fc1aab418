"""Which address stays, and whose values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms

from contacts import fields
from contacts.guessing import languages
from contacts.merging import deciding
from contacts.models import Contact
from contacts.profile import changing


@dataclass(frozen=True, slots=True)
class Row:
    """One value of both. `control`: what chooses, None where there is nothing to choose."""

    label: str
    texts: tuple[str, str]
    control: Any = None

    @property
    def cells(self) -> list[tuple[str, Any]]:
        choices = list(self.control) if self.control else (None, None)
        return list(zip(self.texts, choices, strict=True))


class MergeForm(forms.Form):
    def __init__(self, one: Contact, other: Contact, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.one, self.other = one, other
        self._add("address", "Address", self._mailed_last())
        for name in deciding.names(one, other):
            first, second = deciding.value(one, name), deciding.value(other, name)
            if first != second and not (first in (None, "") and second in (None, "")):
                self._add(name, self._labels().get(name, name), deciding.preferred(one, other, name))

    def _add(self, name: str, label: str, chosen: Contact) -> None:
        self.fields[name] = forms.TypedChoiceField(
            label=label,
            coerce=int,
            choices=[(person.pk, person.email) for person in (self.one, self.other)],
            initial=chosen.pk,
            widget=forms.RadioSelect,
            error_messages={"required": f"{label}: choose one of the two."},
        )

    def _mailed_last(self) -> Contact:
        """Whose address is known to be read; else whoever has been here longer."""
        read = [deciding.longer(each.last_clicked_at, each.last_opened_at) for each in (self.one, self.other)]
        if read[0] != read[1]:
            return self.one if read[1] is None or (read[0] and read[0] > read[1]) else self.other
        return self.one

    @property
    def kept_and_gone(self) -> tuple[int, int]:
        kept: int = self.cleaned_data["address"]
        return kept, self.other.pk if kept == self.one.pk else self.one.pk

    @property
    def chosen(self) -> dict[str, int]:
        return {name: whose for name, whose in self.cleaned_data.items() if name != "address"}

    @property
    def rows(self) -> Iterator[Row]:
        yield Row("Address", (self.one.email, self.other.email), self["address"])
        labels = self._labels()
        for name in deciding.names(self.one, self.other):
            texts = (_text(name, self.one), _text(name, self.other))
            if any(texts):
                control = self[name] if name in self.fields else None
                yield Row(labels.get(name, name.removeprefix("field_")), texts, control)

    @staticmethod
    def _labels() -> dict[str, str]:
        return changing.labels()


def _text(name: str, contact: Contact) -> str:
    found = deciding.value(contact, name)
    return languages.name_of(found) if name == "language" and found else fields.as_text(found)
