"""How allauth's second factors are kept here: sealed, and named after the organisation."""

import base64

from allauth.mfa.adapter import DefaultMFAAdapter

from accounts import secrets
from accounts.models import Organisation


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That did not work. Try again, or choose another way.",
    }

    def encrypt(self, text: str) -> str:
        return secrets.seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises secrets.Unreadable."""
        return secrets.open(encrypted_text.encode())

    def get_totp_issuer(self) -> str:
        return self._get_site_name()

    def _get_site_name(self) -> str:
        """Shown by authenticator apps, which part it from the address by a colon."""
        organisation = Organisation.get()
        return f"Tallypost {organisation}".replace(":", " ") if organisation else "Tallypost"

    def build_totp_svg(self, url: str) -> str:
        """The picture as the address of an image."""
        drawing: str = super().build_totp_svg(url)
        return f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}"
