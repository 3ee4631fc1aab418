"""Delivery's entries on the certificate of whoever was erased."""

from contacts.erasing import registry, words
from contacts.erasing.registry import Part, Person
from delivery.erasing import mails, raw
from delivery.models import Provider, ProviderSuppression


def register() -> None:
    registry.register_mails(find=mails.find, are_on_their_way=mails.are_on_their_way, clear_later=raw.clear_later)
    registry.register(
        Part("mails", "Mails, which belong to nobody now", mails.messages, "mails"),
        Part("replies", "What servers said of their mails", mails.replies, "tries"),
        Part(
            "said later",
            "Bounces, complaints and other reports, without address and words",
            mails.said_later,
            "came_back",
        ),
        Part("returned mail", "Raw mail and requests that came back", raw.returned, "returned"),
        Part("provider lists", "Entries of providers’ own lists", _provider_lists, "provider_lists"),
        Part("sandbox", "Mails in the sandbox", raw.sandboxed, "sandbox"),
        # A server's or a provider's words may name whom they speak of.
        words.part_for("delivery.Batch", "Audiences of campaigns", "audience", "left_out", "segments"),
        words.part_for("delivery.LanePace", "Words of mail servers", "words"),
        words.part_for("delivery.Provider", "Providers", "state_detail", "test_problem"),
        words.part_for("delivery.SandboxRelay", "Mails of rehearsals that were sent on", "problem"),
        words.part_for("delivery.Breaker", "Providers out of order", "words", "detail"),
        words.part_for("delivery.Alert", "Alarms", "title", "text"),
        words.part_for("delivery.DomainMail", "Mails that tried a domain", "to", "problem"),
        words.part_for("delivery.SandboxRule", "Rules of the sandbox", "pattern", "reply"),
        words.part_for("delivery.SandboxKey", "Keys of the sandbox", "note"),
        words.part_for("delivery.SandboxLogin", "Logins of the sandbox", "note"),
        words.part_for("delivery.DomainLink", "Links for whoever keeps the DNS", "note"),
    )


def _provider_lists(person: Person) -> int:
    """Those of the providers' own, and of a rehearsal."""
    for provider in Provider.objects.filter(rehearsal_allowed__contains=[person.address]):
        provider.rehearsal_allowed.remove(person.address)
        provider.save(update_fields=["rehearsal_allowed"])
    return ProviderSuppression.objects.filter(email=person.address).delete()[0]
