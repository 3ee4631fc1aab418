"""django-anymail's reading of one event. Imported where an event is read, and by nothing that answers addresses."""

from functools import cache
from importlib import import_module
from typing import Any

from delivery.feedback.webhooks.events import Normal

_VIEWS = {
    "amazon_ses": "AmazonSESTrackingWebhookView",
    "brevo": "BrevoTrackingWebhookView",
    "mailersend": "MailerSendTrackingWebhookView",
    "mailgun": "MailgunTrackingWebhookView",
    "mailjet": "MailjetTrackingWebhookView",
    "mandrill": "MandrillCombinedWebhookView",
    "postal": "PostalTrackingWebhookView",
    "postmark": "PostmarkTrackingWebhookView",
    "resend": "ResendTrackingWebhookView",
    "sendgrid": "SendGridTrackingWebhookView",
    "sparkpost": "SparkPostTrackingWebhookView",
}


@cache
def reader(kind: str) -> Any:
    """Anymail's view of that provider's requests, of which only the reading of events is used.

    Not set up as a view: that would ask for settings, warn of what is checked elsewhere, and of Amazon want boto3.
    """
    view = getattr(import_module(f"anymail.webhooks.{kind}"), _VIEWS[kind])
    return view.__new__(view)


def event(kind: str, *given: Any) -> Normal:
    normal: Normal = reader(kind).esp_to_anymail_event(*given)
    return normal
