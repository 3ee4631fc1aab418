"""The one next step of a new installation."""

from dataclasses import dataclass

from accounts.models import Organisation, Role, User
from accounts.organisation import public_address
from accounts.permissions import Permission, allows
from accounts.shell import menu
from campaigns.models import Campaign
from campaigns.sample_data import samples
from contacts.models import Contact
from delivery.domains.models import SendingDomain
from delivery.feedback.listening import seen
from delivery.models import Provider


@dataclass(frozen=True, slots=True)
class Step:
    """Of what a new installation needs before real mail leaves."""

    is_done: bool
    title: str
    text: str
    url: str
    label: str


def first_mail(user: User) -> Campaign | None:
    """What set-up made for whoever it was that set it up to send to themselves, while nothing was ever launched."""
    if Campaign.objects.exclude(batch=None).exists():
        return None
    to_themselves = Campaign.objects.drafts().filter(created_by=user, lists__name=samples.LIST_OF_ONE)
    found = to_themselves.order_by("pk").first()
    return found if found and found.lists.count() == 1 else None


def before_real_mail(user: User, organisation: Organisation) -> list[Step]:
    """Empty once all is done, and for whoever may do none of it."""
    if user.role == Role.VIEWER:
        return []
    leads_here = public_address.why_not_for_real(organisation.public_address) is None
    steps = [
        (
            "import-new",
            _has_people(),
            "Bring your people",
            "From a file of any other system, with what they agreed to.",
            "Import people",
        ),
        (
            "providers",
            _has_way_out(),
            "Connect a mail server",
            "Until then all mail goes into the sandbox.",
            "Connect a mail server",
        ),
        (
            "settings",
            leads_here,
            "Set the public address",
            "Where links and unsubscribing in real mail lead.",
            "Set the public address",
        ),
    ]
    if allows(user, Permission.DELIVERY):
        if SendingDomain.objects.not_set_up().exists():
            words = "Records in the DNS, by which mailboxes know that the mail is really yours."
            steps.insert(2, ("domains", False, "Set up the domain", words, "Set up the domain"))
        words = "Until then nobody learns which addresses are dead, and all that servers accept counts as delivered."
        hears = seen.has_way_in(organisation)
        steps.append(("returned", hears, "Let bounces come back", words, "Set up returned mail"))
    found = [
        Step(is_done, title, text, url, label)
        for name, is_done, title, text, label in steps
        if (url := menu.address_of(name, user)) is not None
    ]
    return [] if all(step.is_done for step in found) else found


def _has_people() -> bool:
    """Others than those who work here, who are there from the set-up on."""
    return Contact.objects.filter(is_sample=False).exclude(email__in=User.objects.values("email")).exists()


def _has_way_out() -> bool:
    return Provider.objects.kept().exclude(kind=Provider.Kind.SANDBOX).exists()
