"""What campaigns keep of somebody who is erased: what was noted about them, not what a mail says to its readers."""

from django.db import connection

from campaigns.models import SeedList, TestAddress
from contacts import addresses
from contacts.erasing import registry, words
from contacts.erasing.registry import Part, Person


def register() -> None:
    registry.register(
        Part("test addresses", "That they were asked for test mails, and agreed", _test_addresses, "test_addresses"),
        Part("seed lists", "Addresses that get test mails together", _seed_lists, "seed_lists"),
        words.part_for("campaigns.SeedList", "Names of seed lists", "name"),
        Part("approved", "Segments and files that were approved", _approved),
        words.part_for("campaigns.Approval", "Approvals", "note", "answer"),
        words.part_for("campaigns.Comment", "Comments", "excerpt", "text"),
        words.part_for("campaigns.SharedReport", "Shared reports", "query", "note"),
        words.part_for("campaigns.Attachment", "Names of files of campaigns", "name"),
        words.part_for("campaigns.Edition", "Names of files in mails", "attachments"),
        words.part_for("campaigns.MailImport", "Mails that were brought over"),
        words.part_for("campaigns.Campaign", "Names of campaigns", "name"),
        words.part_for("campaigns.DraftVersion", "Names of versions", "name"),
    )


def _test_addresses(person: Person) -> int:
    return TestAddress.objects.filter(email=person.address).delete()[0]


def _seed_lists(person: Person) -> int:
    count = 0
    for found in SeedList.objects.select_for_update():
        left = [address for address in found.addresses if addresses.key(address) != person.address]
        if left != found.addresses:
            found.addresses = left
            found.save(update_fields=["addresses"])
            count += 1
    return count


def _approved(person: Person) -> int:
    """Changed as the segments and the files themselves are, so that what was approved goes on being the same."""
    given = {"pattern": words.pattern(person.address), "instead": person.stand_in}
    count = 0
    with connection.cursor() as cursor:
        for part in ("people", "files"):
            cursor.execute(_WITHOUT, given | {"part": part})
            count += cursor.rowcount
    return count


_WITHOUT = """
UPDATE campaigns_approval SET frozen = jsonb_set(frozen, ARRAY[%(part)s],
    regexp_replace((frozen -> %(part)s)::text, %(pattern)s, %(instead)s, 'gi')::jsonb)
WHERE (frozen -> %(part)s)::text ~* %(pattern)s
"""
