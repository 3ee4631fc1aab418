"""The step of the login at which the second factor is asked for."""

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest

_PASSED = "passed_second_factor_of"


def passed(request: HttpRequest, user_id: int) -> None:
    """The factor was shown in this very request, together with the password."""
    setattr(request, _PASSED, user_id)


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]  # allauth has no types
    def _should_handle(self, request: HttpRequest) -> bool:
        if self.login.user and getattr(request, _PASSED, None) == self.login.user.pk:
            return False
        return bool(super()._should_handle(request))
