"""Which transport a kind of provider goes by."""

from collections.abc import Callable

from delivery.models import Provider
from delivery.transports.api.transport import api
from delivery.transports.base import Transport
from delivery.transports.smtp.transport import smtp

_OF_KIND: dict[str, Callable[[Provider], Transport]] = {
    Provider.Kind.SANDBOX: smtp,
    Provider.Kind.SMTP: smtp,
    Provider.Kind.API: api,
}


def transport_to(provider: Provider) -> Transport:
    """As the provider is set up now. Raises secrets.Unreadable."""
    return _OF_KIND[provider.kind](provider)
