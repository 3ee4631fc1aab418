"""Somebody at a browser without scripts: opens pages, fills forms, presses buttons."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import mechanicalsoup

from tests.running import Product, until

OWNER = "olga@nordlicht.example"
PASSWORD = "harbour lamp violin"


class Visitor:
    def __init__(self, product: Product) -> None:
        self.product = product
        self.browser = mechanicalsoup.StatefulBrowser(raise_on_404=True)

    def open(self, path: str) -> str:
        """Go to a page; its text."""
        answer = self.browser.open(self.product.url + path)
        assert answer.status_code < 400, f"{path}: {answer.status_code}"
        self._confirm_if_asked()
        return self.text

    @property
    def text(self) -> str:
        return " ".join(self.browser.page.get_text(" ").split())

    def submit(self, form: str, **values: Any) -> str:
        """Fill the form that this selector finds and send it; the text of the page that answers."""
        self.browser.select_form(form)
        for name, value in values.items():
            self.browser[name.replace("__", "-")] = value
        answer = self.browser.submit_selected()
        assert answer.status_code < 400, f"{answer.url}: {answer.status_code}\n{self.text[:2000]}"
        self._confirm_if_asked()
        return self.text

    def _confirm_if_asked(self) -> None:
        """Who it is, as on a machine so busy that a login was too many minutes ago."""
        form = "form:has([name=confirm_password])"
        if self.browser.page and self.browser.page.select_one(form):
            self.submit(form, confirm_password=PASSWORD)

    def set_up(self, **more: str) -> None:
        self.open("/setup/")
        self.submit(
            "main form",
            owner_name="Olga Owner",
            email=OWNER,
            password=PASSWORD,
            name="Nordlicht Books",
            postal_address="Hafenstraße 7\n20457 Hamburg",
            time_zone="Europe/Berlin",
            sender_name="Nordlicht Books",
            sender_email="news@nordlicht.example",
            **more,
        )

    def log_in(self) -> None:
        self.open("/login/")
        self.submit("main form", login=OWNER, password=PASSWORD)

    def import_people(self, file: Path, new_list: str) -> str:
        """Upload, check, start and wait; the text of the report."""
        self.open("/imports/new/")
        self.browser.select_form("form[enctype]")
        with file.open("rb") as content:
            self.browser["file"] = content
            self.browser.submit_selected()
        self.submit("form[action$='/check/']", new_list=new_list, consent_source="form")
        page = self.browser.url
        until(lambda: "/start/" in str(self.browser.open(page).text), seconds=120, every=0.5)
        self.submit("form[action$='/start/']")
        until(lambda: re.search(r"\bDone\b|\bimported\b", self._again(page)), seconds=180, every=0.5)
        return self.text

    def connect(self, name: str, port: int, **limits: int) -> int:
        """Add an SMTP server on this machine as a way out; its id."""
        self.open("/providers/new/")
        values: dict[str, Any] = {"name": name, "host": "127.0.0.1", "port": str(port), "security": "none"}
        self.submit("main form[method=post]", **values, **{key: str(value) for key, value in limits.items()})
        rows = self.product.sql("SELECT id FROM delivery_provider WHERE name = %s", name)
        return int(rows[0][0])

    def write(self, subject: str, html: str, list_name: str, provider: int | None = None) -> int:
        """A campaign of hand-written HTML to one list; its id."""
        self.open("/campaigns/new/")
        self.browser.select_form("form:has(button[value=html])")
        button = self.browser.page.select_one("button[value=html]")
        self.browser.form.choose_submit(button)
        self.browser.submit_selected()
        campaign = int(re.findall(r"/campaigns/(\d+)/", self.browser.url)[0])
        chosen = self.product.sql("SELECT id FROM contacts_mailinglist WHERE name = %s", list_name)[0][0]
        self.save(campaign, "to", lists=[str(chosen)])
        self.save(campaign, "subject", subject=subject, preheader="What is in it")
        self.save(campaign, "html", html=html)
        if provider:
            self.save(campaign, "from", provider=str(provider))
        return campaign

    def save(self, campaign: int, card: str, **values: Any) -> None:
        """Send a card of a draft as its page would, which the card before may have left open."""
        page = f"/campaigns/{campaign}/content/" if card == "html" else f"/campaigns/{campaign}/"
        if urlsplit(self.browser.url or "").path != page:
            self.open(page)
        self.submit(f"form[action='/campaigns/{campaign}/save/{card}/']", **values)

    def launch(self, campaign: int, typed: str = "") -> int:
        """Press the button and say yes; the id of what was launched in the ledger."""
        self.open(f"/campaigns/{campaign}/launch/")
        self.submit("form[action$='/launch/']", **({"typed": typed} if typed else {}))
        rows = self.product.sql(
            "SELECT batch_id FROM campaigns_edition WHERE campaign_id = %s AND NOT is_test ORDER BY id DESC LIMIT 1",
            campaign,
        )
        assert rows, self.text[:2000]
        return int(rows[0][0])

    def _again(self, page: str) -> str:
        self.browser.open(page)
        return self.text
