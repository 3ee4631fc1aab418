"""Addresses of this part."""

from allauth.account import views as allauth
from django.urls import URLPattern, path

from accounts.views import own, setup

urlpatterns: list[URLPattern] = [
    path("setup/", setup.setup, name="setup"),
    path("login/", allauth.login, name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("account/theme/", own.theme, name="theme"),
    path("account/", own.theme, name="account"),
]
