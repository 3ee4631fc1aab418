"""The brand of a campaign: which there are to choose from, and whom its mails come from."""

from django.db.models import QuerySet

from accounts.models import BrandKit, Organisation


def others() -> QuerySet[BrandKit]:
    """Brands besides the usual one; none in most installations, and then nothing asks."""
    organisation = Organisation.get()
    found = BrandKit.objects.order_by("name", "pk")
    return found.exclude(pk=organisation.brand_id) if organisation and organisation.brand_id else found


def usual() -> str:
    """The usual brand as it is called where one is chosen."""
    organisation = Organisation.get()
    return f"{organisation.own_brand.name or organisation.name} (the usual one)" if organisation else "The usual one"


def sender_of(kit: BrandKit | None) -> tuple[str, str]:
    """Name and address in the From line of what is new in this brand."""
    organisation = Organisation.get()
    if organisation is None:
        return "", ""
    kit = kit or organisation.own_brand
    return kit.sender_name or organisation.sender_name, kit.sender_email or organisation.sender_email
