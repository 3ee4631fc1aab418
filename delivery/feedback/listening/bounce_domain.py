"""The domain to which bounces go: what may be one, and what changing it keeps."""

from django import forms
from django.db import transaction

from accounts.models import Organisation
from contacts import addresses
from delivery.models import ReturnListener
from delivery.policy import mailbox_providers

_EXAMPLE = "returns"


class BounceDomainForm(forms.Form):
    bounce_domain = forms.CharField(
        label="Bounce domain",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "mono"}),
    )

    def __init__(self, organisation: Organisation, *args: object, **options: object) -> None:
        self.organisation = organisation
        options.setdefault("initial", {"bounce_domain": organisation.bounce_domain})
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["bounce_domain"].help_text = (
            f"A name that receives no other mail, best below the domain you send from: {suggestion(organisation)}. "
            "Empty: nothing is received here."
        )

    def clean_bounce_domain(self) -> str:
        typed = str(self.cleaned_data["bounce_domain"]).strip().rstrip(".").removeprefix("@")
        if not typed:
            return ""
        domain = _as_it_travels(typed)
        if mailbox_providers.lane(f"x@{domain}") != mailbox_providers.OTHER:
            raise forms.ValidationError(f"{domain} belongs to a mailbox provider, which would get your bounces.")
        if domain == _sender_domain(self.organisation):
            raise forms.ValidationError(
                f"People write to {domain}, and their mail would come here. Choose a name below it, such as "
                f"{suggestion(self.organisation)}."
            )
        return domain


def suggestion(organisation: Organisation) -> str:
    return f"{_EXAMPLE}.{_sender_domain(organisation)}"


@transaction.atomic
def change(domain: str) -> None:
    """Mail that is out comes back to the domain it left with: that stays known."""
    organisation = Organisation.objects.select_for_update().get()
    before, organisation.bounce_domain = organisation.bounce_domain, domain
    organisation.save(update_fields=["bounce_domain"])
    listener = ReturnListener.get()
    earlier = [each for each in (*listener.earlier_domains, before) if each and each != domain]
    ReturnListener.objects.filter(pk=1).update(earlier_domains=list(dict.fromkeys(earlier)))


def _as_it_travels(typed: str) -> str:
    """In lower case, as A-labels."""
    try:
        local, _, domain = addresses.normalise(f"x@{typed}").rpartition("@")
    except addresses.InvalidAddress:
        local, domain = "", ""
    if local != "x":
        raise forms.ValidationError(f"“{typed[:60]}” is not a domain that mail can be sent to.")
    return domain


def _sender_domain(organisation: Organisation) -> str:
    return organisation.sender_email.rpartition("@")[2].lower()
