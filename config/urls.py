"""All addresses. Each part lists its own; recipients' short ones come first."""

from django.urls import URLPattern, URLResolver, include, path

handler500 = "accounts.views.faults.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tracking.urls")),
    path("", include("accounts.urls")),
    path("", include("contacts.urls")),
    path("", include("delivery.urls")),
    path("", include("campaigns.urls")),
]
