"""Addresses of this part. `/o/`, `/c/` and the POST of `/u/` are answered before Django: see tracking.slim."""

from django.urls import URLPattern, path

from tracking.views import public

urlpatterns: list[URLPattern] = [
    path("u/<str:token>", public.unsubscribe, name="unsubscribe"),
    path("u/<str:token>/leave", public.leave, name="unsubscribe-leave"),
    path("u/<str:token>/undo", public.undo, name="unsubscribe-undo"),
]
