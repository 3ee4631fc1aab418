"""Changes that waited for their turn in an editor when its page was closed."""

import json
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse, QueryDict
from django.urls import resolve
from django.views.decorators.http import require_POST

from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires

_CHANGES = frozenset(
    {
        *("block-add", "block-move", "block-duplicate", "block-delete", "block-save", "campaign-style"),
        *("content-undo", "content-redo"),
    }
)


@require_POST
@requires(Permission.WRITE)
def waiting(request: StaffRequest, pk: int) -> HttpResponse:
    """Each as if its page had gone on asking, in their order: `changes` is a JSON list of [path, encoded form].

    `version`: the draft's once what is on its way has arrived. What is refused is left out and holds up nothing. Asked
    for JSON, as forms that save themselves do: else a conflict is a redirect.
    """
    version, stored = whole_number(request.POST.get("version")) or 0, 0
    for path, form in _read(request.POST.get("changes", "")):
        match = resolve(path)
        if match.url_name not in _CHANGES or match.kwargs["pk"] != pk:
            raise BadRequest("That is no change of this draft's blocks.")
        request.POST = QueryDict(f"{form}&version={version + stored}")
        stored += match.func(request, *match.args, **match.kwargs).status_code < 400
    return JsonResponse({"stored": stored})


def _read(words: str) -> list[Any]:
    try:
        changes = json.loads(words)
        return [(str(path), str(form)) for path, form in changes]
    except (TypeError, ValueError):
        raise BadRequest("That is no list of changes.") from None
