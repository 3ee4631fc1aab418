"""The form of a rule: only what its effect asks for."""

from typing import Any

from django import forms

from accounts.fields import LineField
from delivery.sandbox.simulating.models import SandboxRule

_Effect, _Stage = SandboxRule.Effect, SandboxRule.Stage
_WHO = ("mailbox", "pattern", "percent")
_WHEN = ("starts_at", "ends_at")
FIELDS: dict[str, tuple[str, ...]] = {
    _Effect.DELAY: (*_WHO, "stage", "from_ms", "to_ms", *_WHEN),
    _Effect.REFUSE: (*_WHO, "stage", "reply", *_WHEN),
    _Effect.DROP: (*_WHO, "stage", *_WHEN),
    _Effect.GREYLIST: (*_WHO, "minutes", "reply", *_WHEN),
    _Effect.THROTTLE: (*_WHO, "per_minute", "reply", *_WHEN),
    _Effect.OUTAGE: ("mailbox", "reply", *_WHEN),
    _Effect.BOUNCE: (*_WHO, "reply", "from_ms", "to_ms", *_WHEN),
    **dict.fromkeys(
        (_Effect.COMPLAIN, _Effect.OPENS, _Effect.CLICKS, _Effect.LEAVES, _Effect.APPLE, _Effect.SCANNER),
        (*_WHO, "from_ms", "to_ms", *_WHEN),
    ),
}
_ANSWERED = tuple(stage for stage in _Stage if stage != _Stage.BEFORE_DOT)
_STAGES = {
    _Effect.DELAY: _ANSWERED,
    _Effect.REFUSE: _ANSWERED,
    _Effect.DROP: (_Stage.CONNECT, _Stage.HELLO, _Stage.SENDER, _Stage.BEFORE_DOT, _Stage.DOT),
}
_COMMANDS = {
    _Stage.HELLO: "EHLO",
    _Stage.SENDER: "MAIL FROM",
    _Stage.RECIPIENT: "RCPT TO",
    _Stage.DATA: "DATA",
    _Stage.DOT: "the final dot",
}
_BEFORE_LOGIN = (_Stage.CONNECT, _Stage.HELLO)
# Where the form does not ask.
_USUAL_STAGE = {_Effect.GREYLIST: _Stage.RECIPIENT, _Effect.THROTTLE: _Stage.RECIPIENT, _Effect.OUTAGE: _Stage.CONNECT}
_USUAL_REPLY = {
    _Effect.REFUSE: "550 5.1.1 No such mailbox",
    _Effect.BOUNCE: "550 5.1.1 No such mailbox",
    _Effect.GREYLIST: "451 4.7.1 Greylisted, please try again later",
    _Effect.THROTTLE: "451 4.7.1 Too many messages, slow down",
    _Effect.OUTAGE: "421 4.3.2 Service not available",
}


class SandboxRuleForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    pattern = LineField(
        label="Only mail to",
        max_length=200,
        required=False,
        help_text="An address, or a part of one with a star: *@gmail.com. Empty: all mail.",
    )

    class Meta:
        model = SandboxRule
        fields = [*_WHO, "stage", "reply", "minutes", "per_minute", "from_ms", "to_ms", *_WHEN]
        labels = {
            "mailbox": "Only in the mailbox",
            "percent": "How many of 100",
            "stage": "When",
            "reply": "The server’s words",
            "minutes": "Minutes to wait",
            "per_minute": "Mails a minute",
            "from_ms": "Shortest time",
            "to_ms": "Longest time",
            "starts_at": "From",
            "ends_at": "Until",
        }
        help_texts = {
            "percent": "From 0 to 100. By chance, mail by mail.",
            "reply": "Such as 550 5.1.1 No such mailbox, or 451 4.3.2 Try again later: the code decides.",
            "minutes": "From 1 to 1,440, which is a day. Of an address that is tried for the first time.",
            "per_minute": "At least 1. More of them are told to come back.",
            "from_ms": "Milliseconds, up to 86,400,000: a day.",
            "to_ms": "Milliseconds: each time somewhere between the two. 0: always the shortest.",
            "ends_at": "Empty: until it is switched off.",
        }
        widgets = {
            name: forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M") for name in _WHEN
        }

    def __init__(self, *args: Any, effect: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.effect = SandboxRule.Effect(effect)
        self.instance.effect = self.effect
        for name in set(self.fields) - set(FIELDS[self.effect]):
            del self.fields[name]
        if "mailbox" in self.fields:
            self.fields["mailbox"].empty_label = "All mailboxes"  # type: ignore[attr-defined]
        if "stage" in self.fields:
            self.fields["stage"].choices = [  # type: ignore[attr-defined]
                (stage.value, _with_command(stage)) for stage in _STAGES[self.effect]
            ]
        if "reply" in self.fields:
            self.fields["reply"].required = True
            self.fields["reply"].initial = _USUAL_REPLY[self.effect]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        shortest, longest = cleaned.get("from_ms") or 0, cleaned.get("to_ms") or 0
        if 0 < longest < shortest:
            self.add_error("to_ms", "The longest time cannot be shorter than the shortest.")
        if self.effect == _Effect.DELAY and not self.errors and not longest and not shortest:
            self.add_error("from_ms", "Say how long, such as 500: half a second.")
        if cleaned.get("starts_at") and cleaned.get("ends_at") and cleaned["ends_at"] <= cleaned["starts_at"]:
            self.add_error("ends_at", "It has to end after it begins.")
        stage = cleaned.get("stage")
        if stage in (*_BEFORE_LOGIN, _Stage.SENDER) and cleaned.get("pattern"):
            self.add_error("stage", "No recipient is known then: choose a later moment, or all mail.")
        if stage in _BEFORE_LOGIN and cleaned.get("mailbox"):
            self.add_error("stage", "Nobody has logged in then: choose a later moment, or all mailboxes.")
        return cleaned

    def save(self, commit: bool = True) -> SandboxRule:
        if self.effect in _USUAL_STAGE:
            self.instance.stage = _USUAL_STAGE[self.effect]
        rule: SandboxRule = super().save(commit=commit)
        return rule


def _with_command(stage: SandboxRule.Stage) -> str:
    return f"{stage.label} ({_COMMANDS[stage]})" if stage in _COMMANDS else str(stage.label)
