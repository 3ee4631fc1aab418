"""What an admin says of a domain."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import LineField
from accounts.web_addresses import NoHost, ascii_host
from delivery.domains import catalogue, known
from delivery.domains.catalogue import Service
from delivery.domains.facts import WayOut
from delivery.domains.free_mail import FREE_MAIL
from delivery.domains.models import SendingDomain

_MOST_SELECTORS = 5
_RETURN = "return-"
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.")


class PasteForm(forms.Form):
    """The source of a mail that was sent to see how it arrives."""

    source = forms.CharField(
        label="The source of the mail",
        help_text=(
            "Open the mail. Gmail: ⋮, Show original. Outlook: File, Properties, Internet headers."
            " Apple Mail: View, Message, All Headers. Copy all of it."
        ),
        widget=forms.Textarea(attrs={"rows": 6, "class": "mono", "spellcheck": "false"}),
    )


class DomainForm(forms.Form):
    name = LineField(
        label="Domain",
        max_length=255,
        help_text="What stands behind the @ of your sender address, such as news.example.org.",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_name(self) -> str:
        name = known.domain_of(self.cleaned_data["name"].removeprefix("https://").strip("/"))
        if not name:
            raise ValidationError("That is not a domain. It looks like news.example.org.")
        if name in FREE_MAIL:
            raise ValidationError(
                f"Only {name} itself may send as {name}, and mailboxes refuse it from anybody else. Use a domain of "
                "your own: your website has one, or a registrar sells one for a few euros a year."
            )
        return name


class SelectorsForm(forms.Form):
    """What each service in use calls its DKIM keys and its return address for this domain, where that differs."""

    def __init__(self, ways: list[WayOut], domain: SendingDomain, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept, self._kept_returns, self._domain = domain.selectors, domain.return_names, domain.name
        services = {out.service.key: out.service for out in ways if out.is_used}
        for key, service in services.items():
            self.fields[_field(key)] = LineField(
                label=f"Keys of {service.name}",
                required=False,
                max_length=300,
                help_text=_help(service),
                initial=", ".join(self._kept.get(key, [])),
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )
            if service.returns:
                self.fields[f"{_RETURN}{key}"] = LineField(
                    label=f"Return address at {service.name}",
                    required=False,
                    max_length=255,
                    help_text=_help_return(service),
                    initial=self._kept_returns.get(key, ""),
                    widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in self.fields:
            if name.startswith(_RETURN):
                cleaned[name] = self._return_name(name, str(cleaned.get(name, "")))
                continue
            words = [self._selector(word) for word in str(cleaned.get(name, "")).replace(",", " ").split()]
            if len(words) > _MOST_SELECTORS or not all(words):
                self.add_error(
                    name, f"Up to {_MOST_SELECTORS} names of letters, figures and hyphens, parted by commas."
                )
            cleaned[name] = list(dict.fromkeys(words))
        return cleaned

    def _selector(self, word: str) -> str:
        """Also from a whole name that was copied; empty: it can be none."""
        word = word.lower().partition("._domainkey")[0].strip(".")
        return word if len(word) <= 120 and _is_name(word, f"_domainkey.{self._domain}") else ""

    def _return_name(self, field: str, text: str) -> str:
        """Also from a whole name that was copied."""
        word = text.strip().lower().rstrip(".").removesuffix(f".{self._domain}")
        if word and (word.startswith("-") or not _is_name(word, self._domain)):
            self.add_error(field, f"Enter only what stands before .{self._domain}, such as bounces.")
        return word

    @property
    def return_names(self) -> dict[str, str]:
        """As `selectors`."""
        said = {name.removeprefix(_RETURN): self.cleaned_data[name] for name in self.fields if name.startswith(_RETURN)}
        return {key: word for key, word in {**self._kept_returns, **said}.items() if word}

    @property
    def selectors(self) -> dict[str, list[str]]:
        """What is kept from now on; of services that are not asked about, what was."""
        asked = [name for name in self.fields if not name.startswith(_RETURN)]
        said = {name.removeprefix("keys-"): self.cleaned_data[name] for name in asked}
        said = {("" if key == "own" else key): words for key, words in said.items()}
        return {key: words for key, words in {**self._kept, **said}.items() if words}


def _field(key: str) -> str:
    return f"keys-{key or 'own'}"


def _is_name(word: str, parent: str) -> bool:
    """Whether it can stand before `parent`. What the DNS cannot even be asked for would wait for an answer for ever."""
    try:
        return set(word) <= _LETTERS and bool(ascii_host(f"{word}.{parent}"))
    except NoHost:
        return False


def _help_return(service: Service) -> str:
    usual = service.returns[0][0]
    looked_up = "" if "*" in usual else f"{usual} is looked up, unless you chose another name there. "
    return f"What stands before your domain in {service.returns_name}. {looked_up}{service.console}"


def _help(service: Service) -> str:
    if service == catalogue.OWN_SERVER:
        return "The part “s=” of the DKIM-Signature in a mail that it sent. Empty: it does not sign."
    always = f"{' and '.join(service.selectors)} are looked up anyway. " if len(service.selectors) > 1 else ""
    if len(service.selectors) == 1:
        always = f"{service.selectors[0]} is looked up anyway. "
    like = f"Like {service.given}. " if service.given else ""
    return f"{always}{like}{service.console}"
