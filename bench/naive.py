"""What most would write: a Celery task a chunk, EmailMultiAlternatives, Django templates, save() a message."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from celery import Celery
from django.conf import settings

app = Celery("naive", broker=settings.CELERY_BROKER_URL, task_ignore_result=True, worker_hijack_root_logger=False)

CHUNK = 500


@app.task(name="naive.send", queue="naive")
def send(first_id: int, last_id: int, edition_id: int, port: int) -> None:
    from django.core.mail import EmailMultiAlternatives, get_connection
    from django.template import Context, Template
    from django.utils import timezone

    from campaigns.models import Edition
    from contacts.models import Contact
    from delivery.models import Message, MessageState

    edition = Edition.objects.get(pk=edition_id)
    subject, text, html = (Template(_django(words)) for words in (edition.subject, edition.text, edition.html))
    connection = get_connection("django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port)
    connection.open()
    unsent = Message.objects.filter(id__gte=first_id, id__lte=last_id, state=MessageState.PENDING)
    for message in unsent.order_by("id"):
        contact = Contact.objects.get(pk=message.contact_id or 0)
        context = Context({"first_name": contact.first_name, "unsubscribe_url": f"https://x.example/u/{contact.pk}"})
        mail = EmailMultiAlternatives(
            subject.render(context), text.render(context), edition.sender_email, [message.email], connection=connection
        )
        mail.attach_alternative(html.render(context), "text/html")
        mail.send()
        message.state, message.attempts, message.accepted_at = MessageState.ACCEPTED, 1, timezone.now()
        message.save()
    connection.close()


def _django(words: str) -> str:
    """Our merge language as Django's templates write it."""
    return words.replace('|default("', '|default:"').replace('")', '"')
