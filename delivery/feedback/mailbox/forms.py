"""The form of a mailbox for returned mail."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import LineField, SecretField
from delivery.models import ReturnMailbox
from delivery.oauth import services
from delivery.providers.server_fields import (
    check_port,
    host_field,
    is_this_machine,
    name_field,
    ports_help,
    read_host,
    secret_help,
)

PORTS = (993, 143, 995, 110)
_LEADS_ELSEWHERE = {"protocol", "host", "port", "security", "login_by"}
_READING = {"protocol", "host", "username", "folder"}
_SECRET_LENGTH = 8_000  # access tokens are long


class ReturnMailboxForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """The password goes in and never comes out: an empty field keeps the one that is set."""

    name = name_field("What your team calls it, such as “Bounces”.")
    host = host_field("Such as imap.example.org.")
    username = LineField(
        label="User name",
        max_length=255,
        help_text="Often the whole address.",
        error_messages={"required": "Enter the user name of the mailbox."},
    )
    secret = SecretField(
        label="Password or token",
        max_length=_SECRET_LENGTH,
        once_more="Type the password or token once more.",
        error_messages={"required": "Enter the password of the mailbox, or a token."},
    )
    folder = LineField(max_length=200, required=False, help_text="IMAP only. INBOX is the one every mailbox has.")

    class Meta:
        model = ReturnMailbox
        fields = ["name", "protocol", "host", "port", "security", "username", "login_by", "folder", "afterwards"]
        labels = {
            "protocol": "Read it by",
            "security": "Encryption",
            "login_by": "Log in by",
            "afterwards": "After a report was read",
        }
        help_texts = {
            "protocol": "IMAP where there is a choice.",
            "port": "993: IMAP with TLS. 143: IMAP with STARTTLS. 995: POP3 with TLS. 110: POP3 with STARTTLS.",
            "security": "Without encryption only a server on this machine may be used.",
            "login_by": "A token is sent as XOAUTH2. It ends when your provider says, often within an hour.",
            "afterwards": "IMAP only; POP3 leaves all as it is. Other mails are not touched.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._forgets = False
        self.fields["secret"].required = False
        self.fields["secret"].help_text = secret_help(self.instance.secret_set_at)
        self.fields["port"].widget.attrs |= {"min": 1, "max": 65535}
        self.fields["port"].help_text += f" {ports_help()}"

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if ReturnMailbox.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError("There is already a mailbox of that name.")
        return name

    def clean_host(self) -> str:
        return read_host(self.cleaned_data["host"])

    def clean_port(self) -> int:
        return check_port(self.cleaned_data["port"], PORTS, "Mailboxes are read through port 993, 143, 995 or 110.")

    def clean_secret(self) -> str:
        secret: str = self.cleaned_data["secret"]
        if not set(secret).isdisjoint("\0\r\n"):
            raise ValidationError("A password is one line.")
        return secret

    def clean_folder(self) -> str:
        return self.cleaned_data["folder"] or "INBOX"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("security") == ReturnMailbox.Security.NONE and not is_this_machine(cleaned.get("host", "")):
            self.add_error("security", "Choose TLS or STARTTLS: only a server on this machine may go without.")
        keeps = self.instance.secret_sealed and not _LEADS_ELSEWHERE & set(self.changed_data)
        if "secret" in self.errors or cleaned.get("secret") or keeps:
            return cleaned
        if cleaned.get("login_by") == ReturnMailbox.LoginBy.TOKEN and services.of_host(cleaned.get("host", "")):
            self._forgets = True  # it signs in on a page of its own; what was stored goes nowhere else, nor as a token
        elif self.instance.secret_sealed:
            self.add_error("secret", "Enter it again: the stored one is not sent to another server.")
        else:
            self.add_error("secret", "Enter the password of the mailbox, or a token.")
        return cleaned

    def save(self, commit: bool = True) -> ReturnMailbox:
        mailbox: ReturnMailbox = super().save(commit=False)
        if self.cleaned_data["secret"] or self._forgets:
            mailbox.secret = self.cleaned_data["secret"]
        if not commit:
            return mailbox
        if mailbox._state.adding:
            mailbox.save()
            return mailbox
        # The rest may be moving on: somebody reads it right now.
        mailbox.save(update_fields=[*self.Meta.fields, "secret_sealed", "secret_set_at"])
        if _READING & set(self.changed_data):
            mailbox.begin_anew()
        elif self.changed_data:
            mailbox.try_again()
        return mailbox
