"""Addresses of this part."""

from allauth.account import views as allauth
from django.urls import URLPattern, path

from accounts.views import faults, joining, organisation, own, people, setup

urlpatterns: list[URLPattern] = [
    path("setup/", setup.setup, name="setup"),
    path("login/", allauth.login, name="account_login"),
    path("login/inactive/", allauth.account_inactive, name="account_inactive"),
    path("logout/", allauth.logout, name="account_logout"),
    path("invitation/<str:token>/", joining.join, name="join"),
    path("account/", own.account, name="account"),
    path("account/name/", own.name, name="account-name"),
    path("account/password/", own.password, name="account_change_password"),
    path("account/theme/", own.theme, name="theme"),
    path("settings/", organisation.settings, name="settings"),
    path("settings/faults/", faults.faults, name="faults"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/invite/", people.invite, name="invite"),
    path("settings/people/invitations/<int:pk>/revoke/", people.revoke, name="revoke-invitation"),
    path("settings/people/<int:pk>/role/", people.change_role, name="change-role"),
    path("settings/people/<int:pk>/deactivate/", people.deactivate, name="deactivate-person"),
    path("settings/people/<int:pk>/reactivate/", people.reactivate, name="reactivate-person"),
]
