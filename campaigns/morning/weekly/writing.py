"""The summary as a mail, in text and HTML."""

from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.people.mailing import Mail
from accounts.shell import problems
from accounts.wording import isolated
from campaigns.morning.weekly.summary import Summary


def mail(summary: Summary, organisation: Organisation, user: User) -> Mail:
    base = organisation.public_address
    context = {
        "summary": summary,
        "organisation": organisation,
        "needs": problems.for_user(user),
        "base": base,
        "home_url": f"{base}{reverse('home')}",
        "stop_url": f"{base}{reverse('account')}#summary",
    }
    html = render_to_string("email/weekly.html", context)
    # The text is not HTML, so its template escapes nothing.
    text = render_to_string("email/weekly.txt", context)
    return Mail(user.email, _subject(summary, organisation), text, html)


def _subject(summary: Summary, organisation: Organisation) -> str:
    count = len(summary.campaigns) + summary.more
    what = f"{count} campaign{'' if count == 1 else 's'}, {summary.accepted:,} mails" if count else "no campaign"
    return f"The week at {isolated(str(organisation))}: {what}"
