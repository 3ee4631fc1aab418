"""Addresses of this part."""

from allauth.account import views as allauth
from django.urls import URLPattern, path

from accounts.views import (
    confirm,
    faults,
    joining,
    organisation,
    own,
    passkeys,
    people,
    resetting,
    sessions,
    setup,
    two_factor,
)

urlpatterns: list[URLPattern] = [
    path("setup/", setup.setup, name="setup"),
    path("login/", allauth.login, name="account_login"),
    path("login/second-factor/", two_factor.authenticate, name="mfa_authenticate"),
    path("login/passkey/", passkeys.log_in, name="passkey-login"),
    path("login/reset/", resetting.ask, name="password-reset-ask"),
    path("login/reset/<str:token>/", resetting.reset, name="password-reset"),
    path("login/inactive/", allauth.account_inactive, name="account_inactive"),
    path("logout/", allauth.logout, name="account_logout"),
    path("invitation/<str:token>/", joining.join, name="join"),
    path("account/", own.account, name="account"),
    path("account/name/", own.name, name="account-name"),
    path("account/summary/", own.summary, name="account-summary"),
    path("account/alerts/", own.alerts, name="account-alerts"),
    path("account/password/", own.password, name="account_change_password"),
    path("account/confirm/", confirm.confirm, name="confirm"),
    path("account/two-factor/", two_factor.two_factor, name="two-factor"),
    path("account/two-factor/app/", two_factor.add_app, name="two-factor-app"),
    path("account/two-factor/passkey/", passkeys.add, name="passkey-add"),
    path("account/two-factor/codes/", two_factor.recovery_codes, name="two-factor-codes"),
    path("account/two-factor/<int:pk>/remove/", two_factor.remove, name="two-factor-remove"),
    path("account/sessions/end/", sessions.end_others, name="sessions-end"),
    path("account/sessions/<str:number>/end/", sessions.end, name="session-end"),
    path("account/theme/", own.theme, name="theme"),
    path("settings/", organisation.settings, name="settings"),
    path("settings/faults/", faults.faults, name="faults"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/invite/", people.invite, name="invite"),
    path("settings/people/invitations/<int:pk>/revoke/", people.revoke, name="revoke-invitation"),
    path("settings/people/second-factor/", people.second_factor, name="second-factor-rule"),
    path("settings/people/<int:pk>/role/", people.change_role, name="change-role"),
    path("settings/people/<int:pk>/deactivate/", people.deactivate, name="deactivate-person"),
    path("settings/people/<int:pk>/reactivate/", people.reactivate, name="reactivate-person"),
]
