"""Whatever may hold somebody's address is erased with them, or says here why it is not."""

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, JSONField, Model, TextField

from contacts.erasing import registry
from contacts.models import Contact
from contacts.their_data import collecting

SHORTEST = 65  # characters: keys, kinds and digests are shorter than what people write

# Erased by a part of contacts.erasing.registry that is not named after the table.
ERASED_BY = {
    "campaigns.TestAddress": "test addresses",
    "campaigns.SeedList": "seed lists",
    **dict.fromkeys(("contacts.Contact", "contacts.Note", "contacts.ValueChange"), "contacts"),
    **dict.fromkeys(("contacts.ConsentEvent", "contacts.TrackingConsentEvent", "contacts.AddressChange"), "contacts"),
    "contacts.DeletedPerson": "deleted people",
    "contacts.ImportOverwritten": "overwritten values",
    "contacts.ListSuppression": "list suppressions",
    **dict.fromkeys(("contacts.SearchBlock", "contacts.PeopleBlock", "contacts.NamePlace"), "search"),
    **dict.fromkeys(("contacts.SignupRequest", "contacts.SignupLetter"), "sign-ups"),
    "delivery.FeedbackEvent": "said later",
    "delivery.Message": "mails",
    **dict.fromkeys(("delivery.Waiting", "delivery.Attempt", "delivery.Failure"), "replies"),
    "delivery.ProviderSuppression": "provider lists",
    "delivery.Returned": "returned mail",
    "delivery.SandboxMail": "sandbox",
    "tracking.Conversion": "conversions",
    "tracking.Event": "acts",
}

STAFF = "People who work here, whom an owner removes"
OWN = "Of the organisation itself: its names, domains, logins and how it is set up"
SAID = "What a mail, a page or a form says to everybody who reads it"
COUNTS = "Names of states and numbers"
NETWORK = "Domains and servers, of nobody in particular"
EXCUSED = {
    **dict.fromkeys(("accounts.User", "accounts.Invitation", "accounts.Session"), STAFF),
    **dict.fromkeys(("account.EmailAddress", "mfa.Authenticator"), STAFF),
    **dict.fromkeys(("delivery.AlertMail", "campaigns.WeeklySummary", "sessions.Session"), STAFF),
    **dict.fromkeys(("auth.Permission", "auth.Group", "contenttypes.ContentType"), "Django's own names"),
    **dict.fromkeys(("accounts.BrandKit", "accounts.Organisation"), OWN),
    **dict.fromkeys(("contacts.MailingList", "contacts.Field", "tracking.Goal", "contacts.ChosenColumns"), OWN),
    **dict.fromkeys(("delivery.ReturnListener", "delivery.ReturnMailbox", "delivery.OAuthLogin"), OWN),
    **dict.fromkeys(("delivery.Webhook", "delivery.SendingDomain", "delivery.SigningKey", "delivery.Route"), OWN),
    **dict.fromkeys(("delivery.LinkHost", "delivery.WarmupPlan", "delivery.WarmupDay", "delivery.Chunk"), OWN),
    **dict.fromkeys(("delivery.SandboxMailbox", "delivery.SendingAddress", "tracking.Spool"), OWN),
    **dict.fromkeys(("campaigns.Template", "campaigns.SavedBlock", "campaigns.DraftStep", "campaigns.Image"), SAID),
    **dict.fromkeys(("campaigns.ImageFolder", "campaigns.SignupMail", "contacts.SignupForm", "tracking.Link"), SAID),
    **dict.fromkeys(("contacts.SignupWording", "contacts.Wording"), SAID),
    "campaigns.ProofSheet": "Numbers and one mail's words, signed: it would no longer be a proof",
    "contacts.Erasure": "Forgets the address when it is done; the form refuses one in the reason",
    **dict.fromkeys(("contacts.AudienceCount", "contacts.ImportSlice", "contacts.ImportUndo"), COUNTS),
    **dict.fromkeys(("delivery.DmarcReport", "delivery.DmarcCount", "delivery.DmarcSource"), NETWORK),
    **dict.fromkeys(("delivery.SourceName", "delivery.MailDomain", "delivery.DomainListing"), NETWORK),
}


# Erased, and in no section of a person's data of its own.
NOT_TOLD = {
    "staged rows": "Of an import under way, which becomes values or is gone within the hour",
    "files": "Uploaded as they were; what an import took from them is told",
    "search": "Made of their name and address",
    "folded acts": "Made of their opens and clicks",
    "tagged": "Tags stand with the person",
    "approved": "Names of segments and files, which are told where they stand",
}


def may_hold_an_address(model: type[Model]) -> bool:
    return any(
        isinstance(field, TextField | JSONField)
        or (isinstance(field, ArrayField) and isinstance(field.base_field, CharField | TextField))
        or (isinstance(field, CharField) and not field.choices and (field.max_length or SHORTEST) >= SHORTEST)
        for field in model._meta.concrete_fields
    )


HOLDING = [model for model in apps.get_models() if may_hold_an_address(model)]


@pytest.mark.parametrize("model", HOLDING, ids=lambda model: model._meta.label)
def test_what_may_hold_an_address_is_erased_or_says_why_not(model: type[Model]) -> None:
    label, parts = model._meta.label, {part.name for part in registry.parts()}
    is_erased = model._meta.db_table in parts or ERASED_BY.get(label) in parts
    assert is_erased != (label in EXCUSED), f"Register {label} in contacts.erasing.registry, or excuse it here."


def test_no_excuse_is_left_over() -> None:
    known = {model._meta.label for model in HOLDING}
    assert {*ERASED_BY, *EXCUSED} - known == set()


@pytest.mark.django_db
def test_what_is_erased_is_told_to_whoever_asks_for_their_data_or_says_why_not() -> None:
    sections = {section.name for section in collecting.of(Contact.objects.create(email="ada@example.com"))}
    for part in registry.parts():
        assert (part.told in sections) != (part.name in NOT_TOLD), f"Say in which section {part.name} is told."
    assert set(NOT_TOLD) <= {part.name for part in registry.parts()}
