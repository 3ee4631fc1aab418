"""People by a number or an address that they had before they were merged."""

from collections.abc import Collection

from django.db.models.functions import Lower

from contacts import addresses
from contacts.merging.models import Merge
from contacts.models import Contact


def present(contact_id: int) -> Contact | None:
    """The contact of this number, or the one that it was merged into."""
    found = Contact.objects.filter(pk=contact_id).first()
    if found is None:
        merge = Merge.objects.select_related("contact").filter(gone_id=contact_id).first()
        return merge.contact if merge else None
    return found


def numbers_now(contact_ids: Collection[int]) -> list[int]:
    """Of the same people, each once: of whoever was merged the number of the one they became."""
    became = dict(Merge.objects.filter(gone_id__in=contact_ids).values_list("gone_id", "contact_id"))
    return sorted({became.get(one, one) for one in contact_ids})


def of_address(email: str) -> Merge | None:
    """The latest merge of an address, if nobody has it now."""
    key = addresses.key(email)
    if Contact.objects.annotate(key=Lower("email")).filter(key=key).exists():
        return None
    return Merge.objects.annotate(key=Lower("email")).filter(key=key).select_related("contact").first()


def numbers(contact: Contact) -> dict[str, int | None]:
    """Their address and those of people merged into them, in lower case, with the numbers that these have, or had."""
    merged: dict[str, int | None] = {addresses.key(one.email): one.gone_id for one in contact.merges.all()}
    return merged | {addresses.key(contact.email): contact.pk}
