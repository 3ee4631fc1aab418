"""The mails of one mailbox, as a mail program lists them; they stand beside the open mail, too."""

import socket
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models.functions import Lower
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from delivery.markup import printable
from delivery.models import Provider, SandboxMail, SandboxMailbox
from delivery.sandbox.mailboxes import searching, sweeping
from delivery.sandbox.mailboxes.models import OWN
from delivery.sandbox.simulating import keeping

PAGE = 50
COUNTED = 10_000  # more of them are not counted one by one for every page


@dataclass(frozen=True)
class Listing:
    """One page of a mailbox, searched or not."""

    mailbox: SandboxMailbox
    search: str
    before: int | None = None
    after: int | None = None

    @cached_property
    def found(self) -> searching.Found:
        if self.after:
            mails = searching.newer(self.mailbox.pk, self.search, after=self.after, limit=PAGE)
            return searching.Found(mails, has_more=bool(mails))
        return searching.older(self.mailbox.pk, self.search, before=self.before, limit=PAGE)

    @property
    def mails(self) -> list[SandboxMail]:
        return list(self.found.mails)

    @property
    def is_newest(self) -> bool:
        return not self.before and not self.newer_url

    @cached_property
    def newer_url(self) -> str:
        if not self.mails or not (self.before or self.after):
            return ""
        newest = self.mails[0].pk
        is_there = searching.newer(self.mailbox.pk, self.search, after=newest, limit=1)
        return self.url(after=newest) if is_there else ""

    @property
    def older_url(self) -> str:
        return self.url(before=self.mails[-1].pk) if self.found.has_more and self.mails else ""

    @property
    def further_url(self) -> str:
        """A search whose time was up goes on there."""
        return self.url(before=self.found.stopped_at.pk) if self.found.stopped_at else ""

    @cached_property
    def count(self) -> int:
        """Of all mails here, and never above COUNTED + 1."""
        return SandboxMail.objects.filter(mailbox=self.mailbox).order_by()[: COUNTED + 1].count()

    @property
    def is_many(self) -> bool:
        return self.count > COUNTED

    @property
    def seen(self) -> str:
        """What a page that waits for new mails says it shows."""
        return f"{self.mails[0].pk if self.mails else 0}-{self.count}"

    @property
    def query(self) -> str:
        """What every link to one of its mails carries."""
        return _query(self.search)

    @property
    def mailbox_url(self) -> str:
        return list_url(self.mailbox)

    @property
    def poll_url(self) -> str:
        return self.url(seen=self.seen)

    def url(self, **query: Any) -> str:
        return list_url(self.mailbox, q=self.search, **query)


def list_url(mailbox: SandboxMailbox, **query: Any) -> str:
    given = {"box": "" if mailbox.is_own else mailbox.pk, **query}
    wanted = urlencode({name: value for name, value in given.items() if value})
    return f"{reverse('sandbox')}?{wanted}" if wanted else reverse("sandbox")


def mail_url(mail_id: int, search: str) -> str:
    """One mail of those that were searched for."""
    return reverse("sandbox-mail", args=[mail_id]) + _query(search)


def _query(search: str) -> str:
    return f"?{urlencode({'q': search})}" if search else ""


def search_of(request: StaffRequest) -> str:
    return printable(request.GET.get("q", ""))[:200].strip()


@require_safe
@requires(Permission.LOOK)
def mails(request: StaffRequest) -> HttpResponse:
    given = request.GET
    listing = Listing(
        _mailbox(given.get("box")),
        search_of(request),
        whole_number(given.get("before")),
        whole_number(given.get("after")),
    )
    if request.htmx and "seen" in given:
        if given["seen"] == listing.seen:
            return HttpResponse(status=204)  # nothing new: the page stays as it is
        return render(request, "delivery/sandbox/_list.html", {"listing": listing})
    return render(request, "delivery/sandbox/mails.html", {"listing": listing, **frame(listing.mailbox)})


@require_POST
@requires(Permission.WRITE)
def empty(request: StaffRequest) -> HttpResponse:
    """All that lay there when the page was shown; what came since stays."""
    mailbox = _mailbox(request.POST.get("box"))
    count = sweeping.empty(mailbox, whole_number(request.POST.get("newest_id")) or 0)
    audit.record(request, "sandbox.emptied", mailbox.name, count=count)
    messages.success(request, f"{count:,} mails were deleted.")
    return redirect(list_url(mailbox))


def frame(mailbox: SandboxMailbox) -> dict[str, Any]:
    """What stands around the list and the mail."""
    sandbox = Provider.objects.sandbox()
    newest = SandboxMail.objects.filter(mailbox=mailbox).order_by("-id").values_list("id", flat=True).first()
    return {
        "mailbox": mailbox,
        "tabs": [(each, list_url(each)) for each in _mailboxes()],
        "misbehaves": keeping.is_misbehaving(),
        "sandbox": sandbox,
        "server_answers": _answers(sandbox),
        "newest_id": newest or 0,
    }


def mailbox_at(number: int | None) -> SandboxMailbox:
    try:
        return SandboxMailbox.objects.at(number or OWN)
    except SandboxMailbox.DoesNotExist:
        raise Http404 from None


def _mailboxes() -> list[SandboxMailbox]:
    """Our own first."""
    others = SandboxMailbox.objects.exclude(pk=OWN).order_by(Lower("name"))
    return [SandboxMailbox.objects.own(), *others]


def _mailbox(given: str | None) -> SandboxMailbox:
    return mailbox_at(whole_number(given) or OWN)


def _answers(sandbox: Provider) -> bool:
    try:
        socket.create_connection((sandbox.host, sandbox.port), timeout=0.5).close()
    except OSError:
        return False
    return True
