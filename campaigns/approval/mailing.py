"""One mail to whoever is asked, and one with the answer to whoever asked."""

from django.urls import reverse

from accounts.models import Organisation
from accounts.people import mailing
from accounts.people.mailing import Mail
from accounts.wording import one_line
from campaigns.approval.models import Approval


def tell_asked(asked: Approval, organisation: Organisation) -> None:
    if asked.asked_of is None:
        return
    name = one_line(asked.campaign.name)
    subject = f"{asked.asked_by} asks you to approve “{name}”"
    text = f"{asked.asked_by} asks you to approve the campaign “{name}” at {organisation}.\n\n"
    text += f"{asked.note.strip()}\n\n" if asked.note.strip() else ""
    text += f"Read it, then approve it or send it back:\n\n{_link(asked, organisation)}\n"
    mailing.send(Mail(asked.asked_of.email, one_line(subject), text))


def tell_decided(decided: Approval, organisation: Organisation) -> None:
    if decided.asked_by is None or not decided.asked_by.is_active:
        return
    act = "approved" if decided.state == Approval.State.APPROVED else "sent back"
    name = one_line(decided.campaign.name)
    text = f"{decided.decided_by} {act} the campaign “{name}”.\n\n"
    text += f"{decided.answer.strip()}\n\n" if decided.answer.strip() else ""
    text += f"Go on here:\n\n{_link(decided, organisation)}\n"
    mailing.send(Mail(decided.asked_by.email, one_line(f"{decided.decided_by} {act} “{name}”"), text))


def _link(approval: Approval, organisation: Organisation) -> str:
    return f"{organisation.public_address}{reverse('campaign-approval', args=[approval.campaign_id])}"
