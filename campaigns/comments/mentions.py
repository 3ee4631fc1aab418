"""Colleagues who are wanted in a conversation: mailed once an hour at most for each, and found on Home."""

import re
from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.people import mailing
from accounts.people.mailing import Mail
from accounts.shell.problems import Problem
from accounts.wording import isolated, one_line
from campaigns.comments.models import Comment, Mention

_AGAIN_AFTER = timedelta(hours=1)
_MOST = 10
_AT = re.compile(r"(?<![\w@])@(?=\w)")


def named(text: str) -> list[User]:
    """Whom @ names: by the whole name, the part of the address before its @, or a first name that one person has."""
    if not _AT.search(text):
        return []
    people = list(User.objects.filter(is_active=True))
    firsts = [_first(user) for user in people]
    found = dict[int, User]()
    for at in _AT.finditer(text):
        rest = text[at.end() :].casefold()
        names = [
            (name, user)
            for user in people
            for name in (user.name.casefold(), user.email.partition("@")[0], _first(user))
            if name
            and re.match(rf"{re.escape(name)}(?!\w)", rest)
            and (name != _first(user) or firsts.count(name) == 1)
        ]
        if names:
            _, user = max(names, key=lambda one: len(one[0]))
            found[user.pk] = user
    return list(found.values())


def tell(said: Comment, first: Comment, user: User, organisation: Organisation | None) -> None:
    """On Home, and by mail unless one about this conversation went out within the last hour."""
    now = timezone.now()
    mention, _ = Mention.objects.get_or_create(conversation=first, user=user)
    Mention.objects.filter(pk=mention.pk).update(is_open=True, by=said.by)
    lately = Q(mailed_at=None) | Q(mailed_at__lte=now - _AGAIN_AFTER)
    if organisation and Mention.objects.filter(lately, pk=mention.pk).update(mailed_at=now):
        mailing.send(_mail(said, user, organisation))


def problems(user: User) -> Iterator[Problem]:
    wanted = unanswered().filter(user=user).select_related("by", "conversation__campaign")
    for mention in wanted.order_by("-pk")[:_MOST]:
        campaign = mention.conversation.campaign
        title = f"{isolated(str(mention.by or 'A colleague'))} wants you in a comment on “{isolated(campaign.name)}”"
        url = f"{reverse('comments', args=[campaign.pk])}#comment-{mention.conversation_id}"
        said = mention.conversation.text[:200] or "The first words were taken back."
        yield Problem("wait", title, said, url, "Read and answer")


def unanswered() -> QuerySet[Mention]:
    return Mention.objects.filter(is_open=True, conversation__campaign__template=None)


def _first(user: User) -> str:
    return user.name.partition(" ")[0].casefold()


def _mail(said: Comment, user: User, organisation: Organisation) -> Mail:
    name = one_line(said.campaign.name)
    link = f"{organisation.public_address}{reverse('comments', args=[said.campaign_id])}"
    text = f"{said.by} wants you in a comment on the campaign “{name}” at {organisation}:\n\n{said.text.strip()}\n\n"
    text += f"Read it and answer:\n\n{link}\n\nFor an hour nothing more is mailed about this conversation.\n"
    return Mail(user.email, one_line(f"{said.by} on “{name}”"), text)
