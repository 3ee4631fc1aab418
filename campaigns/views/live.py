"""Parts of a page that keep themselves up to date: asked for again by the browser, and sent only where they changed."""

import re
from collections.abc import Mapping
from hashlib import blake2s
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')  # another one in every answer
_TEMPLATE = "components/live.html"


class Live:
    """`name` is its id on the page; its body is drawn by `template`. `marks` come back with its next request."""

    def __init__(
        self,
        request: HttpRequest,
        name: str,
        template: str,
        context: Mapping[str, Any],
        *,
        every_seconds: int,
        event: str = "",
        **marks: str,
    ) -> None:
        self._request = request
        body = render_to_string(template, {**context}, request)
        self._seen = blake2s(_TOKEN.sub("", body).encode(), digest_size=8).hexdigest()
        url = f"{request.path}?{urlencode({**marks, 'seen': self._seen})}"
        shown = {"name": name, "url": url, "body": body, "every_seconds": every_seconds, "event": event}
        self.html = render_to_string(_TEMPLATE, shown)

    def answer(self) -> HttpResponse:
        """204, which changes nothing on the page, if it has all this already."""
        is_known = self._seen == self._request.GET.get("seen")
        return HttpResponse(status=204) if is_known else HttpResponse(self.html)
