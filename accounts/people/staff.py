"""Who works here: invited, joined, given roles, let go. Every act is written to the audit trail."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.models import Invitation, Organisation, Role, User
from accounts.people import mailing
from accounts.permissions import Permission, StaffRequest, allows

INVITATION_DAYS = 7


class NotAllowed(Exception):
    """The rules of staff forbid it. The text may be shown."""


def roles_given_by(user: User) -> list[Role]:
    """Admins make everyone but owners."""
    return [role for role in Role if role != Role.OWNER or user.role == Role.OWNER]


def may_manage(by: User, person: User) -> bool:
    return person.role != Role.OWNER or by.role == Role.OWNER


@transaction.atomic
def invite(request: StaffRequest, email: str, role: Role) -> str:
    """The token of a new invitation, which exists nowhere else. An older one to the same address ends."""
    if role not in roles_given_by(request.user):
        raise NotAllowed("Only an owner can invite an owner.")
    email = email.strip().lower()
    if User.objects.filter(email__iexact=email).exists():
        raise NotAllowed(f"{email} already works here.")
    pending().filter(email__iexact=email).delete()
    token = secrets.token_urlsafe(32)
    expires_at = timezone.now() + timedelta(days=INVITATION_DAYS)
    Invitation.objects.create(
        email=email, role=role, token_digest=_digest(token), invited_by=request.user, expires_at=expires_at
    )
    audit.record(request, "invitation.created", email, role=role)
    return token


def mail(token: str, organisation: Organisation) -> bool:
    """Send the link where a mail server is ready; False: there is none."""
    invitation = invited_by_token(token)
    if invitation is None or not mailing.can_mail():
        return False
    invitation.mail_state = Invitation.MailState.UNDER_WAY
    invitation.save(update_fields=["mail_state"])
    mailing.send_invitation(organisation, invitation, link(organisation, token), INVITATION_DAYS)
    return True


def link(organisation: Organisation, token: str) -> str:
    return organisation.public_address + reverse("join", args=[token])


def revoke(request: StaffRequest, invitation: Invitation) -> None:
    if invitation.role not in roles_given_by(request.user):
        raise NotAllowed("Only an owner can take back an invitation to be owner.")
    audit.record(request, "invitation.revoked", invitation.email)
    invitation.delete()


def invited_by_token(token: str) -> Invitation | None:
    """The invitation, as long as it can be accepted."""
    return pending().filter(token_digest=_digest(token), expires_at__gt=timezone.now()).first()


@transaction.atomic
def join(request: HttpRequest, token: str, name: str, password: str) -> User:
    """Make the invited person a colleague. Of two at once the second is told that it no longer works."""
    found = pending().select_for_update().filter(token_digest=_digest(token), expires_at__gt=timezone.now()).first()
    if found is None or User.objects.filter(email__iexact=found.email).exists():
        raise NotAllowed("This invitation no longer works.")
    user = User.objects.create_user(found.email, password, name=name, role=found.role)
    found.accepted_at = timezone.now()
    found.save(update_fields=["accepted_at"])
    audit.record(user, "invitation.accepted", found.email, role=found.role, ip=request.META.get("REMOTE_ADDR"))
    return user


@transaction.atomic
def change_role(request: StaffRequest, person: User, role: Role) -> None:
    person = _for_change(request, person)
    if role not in roles_given_by(request.user):
        raise NotAllowed("Only an owner can make somebody an owner.")
    if person.role == role:
        return
    _keep_an_owner(person)
    audit.record(request, "person.role_changed", person.email, before=person.role, after=role)
    person.role = role
    person.save(update_fields=["role"])
    _end_invitations(person)


@transaction.atomic
def deactivate(request: StaffRequest, person: User) -> None:
    """From the next request on the person is a stranger; invitations that they made end too."""
    person = _for_change(request, person)
    if person == request.user:
        raise NotAllowed("Nobody can deactivate themselves. Ask a colleague.")
    _keep_an_owner(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    person.end_sessions()
    _end_invitations(person)
    audit.record(request, "person.deactivated", person.email)


@transaction.atomic
def reactivate(request: StaffRequest, person: User) -> None:
    """The person logs in anew: sessions of before do not come back to life."""
    person = _for_change(request, person)
    person.is_active = True
    person.save(update_fields=["is_active"])
    person.end_sessions()
    audit.record(request, "person.reactivated", person.email)


def pending() -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at=None)


def _for_change(request: StaffRequest, person: User) -> User:
    """The person as the database has them, after all owners were locked: two cannot demote each other."""
    list(User.objects.select_for_update().filter(role=Role.OWNER).order_by("id"))
    person = User.objects.select_for_update().get(pk=person.pk)
    if not may_manage(request.user, person):
        raise NotAllowed("Only an owner can change an owner.")
    return person


def _end_invitations(person: User) -> None:
    """Those that `person` could not make any more: a link kept aside must not lead back to what was taken away."""
    given = roles_given_by(person) if allows(person, Permission.USERS) else []
    pending().filter(invited_by=person).exclude(role__in=given).delete()


def _keep_an_owner(person: User) -> None:
    others = User.objects.filter(role=Role.OWNER, is_active=True).exclude(pk=person.pk)
    if person.role == Role.OWNER and not others.exists():
        raise NotAllowed("This is the only owner. Make somebody else an owner first.")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
