"""The host names this server answers to: those it was started with, and those of the addresses under Settings."""

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host

from accounts.models import Organisation
from accounts.registry import Registry

Source = Callable[[], Iterable[str]]
_sources = Registry[Source]()
# `source` gives more web addresses by which links are counted and nobody works.
register = _sources.register


class PublicHost:
    """Middleware, before all that asks for the request's host.

    A name that the server was not started with is looked up once and remembered, so an address that was just saved
    needs no restart, and an ordinary request costs nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name, _ = split_domain_port(request.META.get("HTTP_HOST", ""))
        if name and not validate_host(name, settings.ALLOWED_HOSTS) and name in _hosts_under_settings():
            settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, name]
        return self.get_response(request)


def _hosts_under_settings() -> set[str]:
    public, counting = Organisation.objects.values_list("public_url", "tracking_url").first() or ("", "")
    return _hosts(public) | _counting_hosts(counting)


def _counting_hosts(organisation_s: str) -> set[str]:
    return _hosts(organisation_s, *(url for source in _sources for url in source()))


def _hosts(*urls: str) -> set[str]:
    return {host for url in urls if (host := urlsplit(url).hostname)}


def counts_only(request: HttpRequest, organisation: Organisation) -> bool:
    """Whether the request came by a host of counted links, where nobody works."""
    name, _ = split_domain_port(request.get_host())
    is_public = name == urlsplit(organisation.public_address).hostname
    return not is_public and name in _counting_hosts(organisation.tracking_url)
