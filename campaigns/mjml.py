"""Blocks become MJML, and MJML becomes the HTML that old mail programs understand."""

from dataclasses import dataclass

from accounts.models import Organisation
from campaigns.blocks import Document


@dataclass(frozen=True, slots=True)
class Brand:
    name: str
    postal_address: str
    colour: str = "#1f4fa8"
    logo_url: str = ""
    language: str = "en"

    @classmethod
    def of(cls, organisation: Organisation) -> "Brand":
        logo = f"{organisation.public_address}/i/{organisation.logo}" if organisation.logo else ""
        return cls(organisation.name, organisation.postal_address, organisation.brand_colour, logo)


def compile(document: Document, brand: Brand, *, title: str = "", preheader: str = "") -> str:
    """A whole HTML page with merge tags still in it."""
    raise NotImplementedError
