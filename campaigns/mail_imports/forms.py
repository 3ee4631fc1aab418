"""The three ways a mail may come."""

from typing import Any

from django import forms

from accounts.fields import LineField
from campaigns.mail_imports import archives, fetching, reading
from campaigns.mail_imports.models import MailImport
from campaigns.mail_imports.reading import Brought, Unusable

LARGEST_UPLOAD = 20_000_000
Kind = MailImport.Kind


class ImportForm(forms.Form):
    """`brought` and `kind` are there once it is valid."""

    file = forms.FileField(
        label="A file",
        required=False,
        help_text="HTML, a ZIP file with HTML and its pictures, MJML, or a campaign saved here as JSON; up to 20 MB.",
        widget=forms.FileInput(attrs={"accept": ".html,.htm,.zip,.mjml,.json,text/html,application/zip"}),
    )
    address = LineField(
        label="A web address",
        required=False,
        max_length=2_000,
        help_text="Where the mail can be seen, such as “view in browser” of another system.",
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://", "autocomplete": "off"}),
    )
    source = forms.CharField(
        label="HTML or MJML",
        required=False,
        help_text="The source of the mail, from its first line to its last.",
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "mono"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        for name, read in (("file", self._of_file), ("address", self._of_address), ("source", self._of_source)):
            if not cleaned.get(name):
                continue
            try:
                self.brought, self.kind = read(cleaned[name])
            except Unusable as problem:
                self.add_error(name, str(problem))
            return cleaned
        self.add_error(None, "Choose a file, enter an address, or paste the source of the mail.")
        return cleaned

    def _of_file(self, file: Any) -> tuple[Brought, Kind]:
        if file.size > LARGEST_UPLOAD:
            raise Unusable(
                f"This file is larger than {LARGEST_UPLOAD // 1_000_000} MB. Leave out what the mail does not use."
            )
        start = file.read(4)
        file.seek(0)
        if start.startswith(b"PK"):
            return archives.opened(file, file.name), Kind.ZIP
        if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0")):
            raise Unusable("This is no HTML file. Export the mail as HTML, or as a ZIP file with its pictures.")
        return reading.text(reading.decoded(file.read()), name=file.name), Kind.FILE

    def _of_address(self, address: str) -> tuple[Brought, Kind]:
        return fetching.page(address), Kind.ADDRESS

    def _of_source(self, source: str) -> tuple[Brought, Kind]:
        return reading.text(source), Kind.PASTED
