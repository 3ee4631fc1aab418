"""An authenticator app as people have it on their phone."""

import base64
import hashlib
import hmac
import re
import struct
import time
from html import unescape

from django.test import Client, override_settings

PASSWORD = "correct horse battery"


class Phone:
    def __init__(self, secret: str = "") -> None:
        self.secret = secret.replace(" ", "")

    def code(self, steps: int = 0) -> str:
        """Of this moment, or so many steps of 30 s later (RFC 6238)."""
        counter = struct.pack(">Q", int(time.time()) // 30 + steps)
        digest = hmac.new(base64.b32decode(self.secret), counter, hashlib.sha1).digest()
        at = digest[-1] & 15
        number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
        return f"{number % 1_000_000:06}"


def turn_on(browser: Client) -> Phone:
    """Set the app up as its page says. The code of the step before is used, so that the one of now still works; also
    where this step ends before the code is looked at.
    """
    page = browser.get("/account/two-factor/app/").content.decode()
    found = re.search(r'id="secret">([A-Z2-7 ]+)<', page)
    assert found, page
    phone = Phone(found[1])
    with override_settings(MFA_TOTP_TOLERANCE=2):
        response = browser.post("/account/two-factor/app/", {"code": phone.code(-1)})
    assert response.headers["Location"] == "/account/two-factor/codes/", response.content.decode()
    return phone


def recovery_codes(browser: Client) -> list[str]:
    page = unescape(browser.get("/account/two-factor/codes/").content.decode())
    return re.findall(r"\d{4} \d{4}", page)


def first_step(browser: Client, email: str, address: str = "127.0.0.1") -> str:
    response = browser.post("/login/", {"login": email, "password": PASSWORD}, REMOTE_ADDR=address)
    return response.headers.get("Location", "")


def second_step(browser: Client, code: str) -> str:
    """Where it leads, or what the page says."""
    response = browser.post("/login/second-factor/", {"code": code})
    return response.headers.get("Location", "") or response.content.decode()
