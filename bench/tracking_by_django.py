"""What opens and clicks cost the usual way: a Django view without any middleware that inserts a row by the ORM."""

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone


def seen(request: HttpRequest, message_id: int, batch_id: int) -> HttpResponse:
    from tracking.models import Event, EventKind

    Event.objects.create(
        at=timezone.now(),
        kind=EventKind.OPEN,
        message_id=message_id,
        batch_id=batch_id,
        ip=request.META["REMOTE_ADDR"],
        user_agent=request.META["HTTP_USER_AGENT"],
    )
    return HttpResponse(b"GIF89a", content_type="image/gif", headers={"Content-Length": "6"})


urlpatterns = [path("<int:batch_id>/<int:message_id>", seen)]


def _application() -> WSGIHandler:
    import django
    from django.conf import settings

    django.setup(set_prefix=False)
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    return WSGIHandler()


application = _application()
