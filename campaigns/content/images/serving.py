"""Pictures for readers of mails."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.pictures import files
from campaigns import starters


@require_safe
def serve(request: HttpRequest, name: str) -> HttpResponse:
    """Public: GET /i/<name>."""
    return answer(name, content(name))


def answer(name: str, picture: bytes | None) -> HttpResponse:
    """A name never gets other content, so whoever has it need not ask again. Raises Http404 for no picture."""
    if picture is None:
        raise Http404
    response = HttpResponse(picture, content_type=files.TYPES[name.rpartition(".")[2]])
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def content(name: str) -> bytes | None:
    """The picture of the library or of our templates that has this name; None where there is none."""
    if drawn_by_us := starters.art(name):
        return drawn_by_us
    if not files.NAME.fullmatch(name):
        return None
    try:
        return files.read(files.public_path(name))
    except FileNotFoundError:
        return None
