"""Which service a server's name belongs to: its reports, and what it gives back of a mail, go by that. Pure."""

# By the end of the name; keys are those of delivery.feedback.webhooks.catalogue. Postal runs under anybody's name.
_HOSTS = {
    ".amazonaws.com": "amazon_ses",
    ".sendgrid.net": "sendgrid",
    ".mailgun.org": "mailgun",
    ".postmarkapp.com": "postmark",
    ".sparkpostmail.com": "sparkpost",
    ".brevo.com": "brevo",
    ".sendinblue.com": "brevo",
    ".mailjet.com": "mailjet",
    ".resend.com": "resend",
    ".mailersend.net": "mailersend",
    ".mailersend.com": "mailersend",
    ".mandrillapp.com": "mandrill",
}


def of_host(host: str) -> str:
    """ "" for a server of one's own, or of a service that we do not know."""
    name = f".{host.strip().rstrip('.').lower()}"
    return next((service for end, service in _HOSTS.items() if name.endswith(end)), "")


def of(service: str, host: str) -> str:
    """Of a provider: what somebody chose, else what its server's name says."""
    return service or of_host(host)
