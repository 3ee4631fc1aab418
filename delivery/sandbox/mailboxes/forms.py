"""Forms of mailboxes."""

from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import LineField
from delivery.models import SandboxMailbox
from delivery.sandbox.mailboxes.models import MOST_DAYS, MOST_MAILS


class SandboxMailboxForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    name = LineField(
        max_length=80,
        help_text="Of an environment or a team, such as “Staging” or “QA”.",
        error_messages={"required": "Give it a name your team will know it by."},
    )

    class Meta:
        model = SandboxMailbox
        fields = ["name", "keep_mails", "keep_days"]
        labels = {"keep_mails": "Mails kept", "keep_days": "Days kept"}
        help_texts = {
            "keep_mails": f"From 1 to {MOST_MAILS:,}. The oldest go first.",
            "keep_days": f"From 1 to {MOST_DAYS:,}. Older ones go.",
        }

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if SandboxMailbox.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError("There is already a mailbox of that name.")
        return name


class KeyForm(forms.Form):
    note = LineField(label="Which program", max_length=80, required=False, help_text="Such as “tests of the web shop”.")


class LoginForm(forms.Form):
    note = LineField(label="Who uses it", max_length=80, required=False, help_text="Such as “web shop, staging”.")
