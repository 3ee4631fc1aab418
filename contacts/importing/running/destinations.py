"""The lists that an import puts people on. One that somebody deletes while it runs is left out from then on."""

from collections.abc import Set
from dataclasses import dataclass

from django.db import connection, transaction

from contacts.importing.plan import Plan
from contacts.models import ImportJob, MailingList

_KEY = "destinations"  # in an import's options, once it runs


@dataclass(frozen=True, slots=True)
class Destinations:
    """`found`: lists that rows name, in the order of their numbers. `names`: of these and of those chosen for all."""

    found: tuple[int, ...]
    names: dict[int, str]

    def there(self) -> Set[int]:
        """Those that nobody has deleted. None of them goes before the transaction ends."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM contacts_mailinglist WHERE id = ANY(%s) FOR KEY SHARE", [list(self.names)])
            return {pk for (pk,) in cursor.fetchall()}

    def names_but(self, there: Set[int]) -> list[str]:
        return sorted(name for pk, name in self.names.items() if pk not in there)


@transaction.atomic
def of(job: ImportJob, plan: Plan) -> Destinations:
    """Those that rows name are made, once: taken up again, an import makes none anew that was deleted meanwhile."""
    if _KEY not in job.options:
        wanted = job.options.get("lists_found", ())
        MailingList.objects.bulk_create((MailingList(name=name) for name in wanted), ignore_conflicts=True)
        numbers = dict(MailingList.objects.filter(name__in=wanted).values_list("name", "id"))
        names = dict(MailingList.objects.filter(pk__in=plan.lists).values_list("id", "name"))
        names |= {numbers[name]: name for name in wanted}
        job.options[_KEY] = {"found": [numbers[name] for name in wanted], "names": list(names.items())}
        ImportJob.objects.filter(pk=job.pk).update(options=job.options)
    kept = job.options[_KEY]
    return Destinations(tuple(kept["found"]), dict(kept["names"]))
