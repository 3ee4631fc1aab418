"""How tall the frame has to be in which a form stands on somebody's own site: nothing there may grow it later."""

from math import ceil

from django import forms

from contacts.signup.visitor import VisitorForm
from contacts.signup.wording import Words

_LEAST = 560  # pixels, as all that follow; the page after signing up fits
_AROUND = 280  # heading, button, the room above and below, and two mistakes
_LINE = 24
_HEADING_LINE = 36
_FIELD = 86
_CHOICES = 46  # what they are about
_CHOICE = 47  # as large as a finger needs
# Characters of a line on the narrowest phones, in those of our languages that take most room.
_LETTERS = 32
_CHOICE_LETTERS = 24
_HEADING_LETTERS = 18
_ABOUT_COUNTING = 5  # lines


def height(filled: VisitorForm, words: Words) -> int:
    """Rather too much than too little: with a frame that is too low, the button is out of sight."""
    heading = _HEADING_LINE * (_lines(words.title, _HEADING_LETTERS) - 1)
    lines = _lines(words.intro) + _lines(words.consent) + (_ABOUT_COUNTING if filled.asks_counting else 0)
    needed = _AROUND + heading + _LINE * lines + sum(_control(one.field) for one in filled)
    return max(_LEAST, ceil(needed / 20) * 20)


def _control(field: forms.Field) -> int:
    help_text = _LINE * _lines(str(field.help_text))
    if not isinstance(field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return _FIELD + help_text
    labels = [str(label) for _value, label in field.widget.choices]
    return _CHOICES + sum(_CHOICE + _LINE * (_lines(label, _CHOICE_LETTERS) - 1) for label in labels) + help_text


def _lines(text: str, letters: int = _LETTERS) -> int:
    return sum(max(1, ceil(len(line) / letters)) for line in text.splitlines())
