"""Nothing goes out that would be refused, unlawful or embarrassing; everything else is a warning with its cure."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import Organisation
from campaigns import starters
from campaigns.content import blocks, html
from campaigns.message import preview
from campaigns.models import Campaign, Image
from campaigns.preflight import checklist
from contacts.models import Contact, Field, MailingList, Subscription
from delivery.models import Provider
from tests.campaigns.mails import FOOTER

GOOD = f"<h1>News</h1><p>{'Words that say something about the world. ' * 5}</p>{FOOTER}"


@pytest.fixture
def campaign(organisation: Organisation) -> Campaign:
    readers = MailingList.objects.create(name="Readers")
    for number in range(3):
        reader = Contact.objects.create(email=f"reader{number}@example.org", first_name="" if number else "Ana")
        Subscription.objects.create(contact=reader, list=readers)
    written = Campaign.objects.create(
        name="March",
        subject="News of the harbour",
        preheader="Ships and other things",
        sender_name="Nordlicht",
        sender_email="news@nordlicht.example",
        content_kind=Campaign.ContentKind.HTML,
        html=GOOD,
        provider=Provider.objects.sandbox(),
    )
    written.lists.add(readers)
    return written


@pytest.fixture
def real() -> Provider:
    return Provider.objects.create(name="Relay", kind=Provider.Kind.SMTP, host="smtp.relay.example")


def codes(campaign: Campaign, level: str | None = None) -> set[str]:
    found = checklist.check(campaign)
    assert all(finding.text and finding.cure for finding in found)
    return {finding.code for finding in found if level in {None, finding.level}}


def test_finished_campaign_has_no_findings(campaign: Campaign, real: Provider) -> None:
    assert checklist.check(campaign) == []
    campaign.provider = real
    assert checklist.check(campaign) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"subject": " "}, "no-subject"),
        ({"sender_email": ""}, "no-sender"),
        ({"sender_email": "nonsense"}, "bad-sender"),
        ({"reply_to": "nonsense"}, "bad-reply"),
        ({"html": ""}, "unusable"),
        ({"html": "<p>Hafenstraße 7, 20457 Hamburg, Germany. Words</p>"}, "no-unsubscribe"),
        ({"html": GOOD.replace("{{ postal_address }}", "")}, "no-postal-address"),
        ({"html": GOOD + "{{ favourite }}"}, "unknown-tag"),
        ({"subject": "Hi {{ favourite }}"}, "unknown-tag"),
        ({"subject": "Hi {{ first_name.x }}"}, "template"),
        ({"html": GOOD + "{% if first_name %}"}, "template"),
        ({"text": "{{ unsubscribe_url }} {{ first_name|nope }}"}, "template"),
        ({"text": "no way out"}, "no-unsubscribe-text"),
        ({"html": GOOD + "*|FNAME|*"}, "foreign-tag"),
        ({"html": GOOD + '<a href="">x</a>'}, "empty-link"),
        ({"html": GOOD + '<a href="#">x</a>'}, "empty-link"),
        ({"html": GOOD + '<a href="https://">x</a>'}, "empty-link"),
        ({"html": GOOD + '<a href="shop/new">x</a>'}, "relative-link"),
        ({"html": GOOD + '<a href="http://[::1">x</a>'}, "broken-link"),
        ({"html": GOOD + "<![foo[> <a href='https://['>x</a>"}, "broken-link"),
        ({"content_kind": "blocks", "blocks": {"blocks": [{"kind": "button", "url": "https://[x"}]}}, "broken-link"),
        ({"html": GOOD + "<p>" + "x" * 95_000 + "</p>"}, "too-large"),
        ({"content_kind": "blocks", "blocks": {"blocks": [{"kind": "nope"}]}}, "unusable"),
        ({"content_kind": "blocks", "blocks": {"blocks": [{"kind": "button"}, {"kind": "footer"}]}}, "empty-link"),
        ({"content_kind": "blocks", "blocks": {"blocks": [{"kind": "text"}]}}, "no-unsubscribe"),
        ({"content_kind": "blocks", "blocks": {"blocks": [{"kind": "event", "text": "Concert"}]}}, "event-without-day"),
        ({"scheduled_at": datetime(2026, 1, 1, tzinfo=UTC)}, "in-the-past"),
        ({"content_kind": "blocks", "blocks": {}}, "nothing-written"),
        ({"content_kind": "blocks", "blocks": {"blocks": [{"kind": "text"}, {"kind": "footer"}]}}, "nothing-written"),
        (
            {"content_kind": "blocks", "blocks": {"blocks": [{"kind": "button", "url": "https://x.test/"}]}},
            "button-without-words",
        ),
    ],
)
def test_what_must_not_go_out_is_blocked(campaign: Campaign, changes: dict[str, Any], code: str) -> None:
    for name, value in changes.items():
        setattr(campaign, name, value)
    assert code in codes(campaign, "block")


def test_words_of_a_template_that_nobody_has_rewritten_are_named(campaign: Campaign) -> None:
    template = starters.get("launch")
    campaign.content_kind, campaign.blocks = Campaign.ContentKind.BLOCKS, template.document
    (said,) = [one for one in checklist.check(campaign) if one.code == "template-words"]
    assert said.text == "8 places still say what the template said: “Meet Loop, the lamp you turn by\xa0hand”."
    campaign.blocks = json.loads(json.dumps(template.document).replace("Loop", "Luna").replace("Ten years", "Years"))
    (said,) = [one for one in checklist.check(campaign) if one.code == "template-words"]
    written = {block["id"]: block for block in blocks.walk(campaign.blocks)}
    assert "From 1,800 to 2,700 kelvin" in written[said.block]["html"]


def test_of_very_many_unknown_tags_the_first_are_named_and_the_others_counted(campaign: Campaign) -> None:
    campaign.html = GOOD + "".join(f"{{{{ unknown_{number} }}}}" for number in range(300))
    found = [finding.text for finding in checklist.check(campaign) if finding.code == "unknown-tag"]
    assert len(found) == 21
    assert found[-1] == "280 more tags name no field either."


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"preheader": ""}, "no-preheader"),
        ({"subject": "x" * 61}, "long-subject"),
        ({"subject": "BUY NOW OR NEVER"}, "capitals"),
        ({"subject": "What a wet spring taught us"}, "template-subject"),
        ({"sender_name": ""}, "no-sender-name"),
        ({"sender_email": "no-reply@nordlicht.example"}, "no-reply"),
        ({"sender_email": "nordlicht@gmail.com"}, "free-mail"),
        ({"html": GOOD + '<a href="http://shop.nordlicht.test/">x</a>'}, "http-link"),
        ({"html": GOOD + '<a href="https://example.com/">x</a>'}, "placeholder-link"),
        ({"html": GOOD + "<img src='https://x.test/a.png'>"}, "no-alt"),
        ({"html": GOOD + "<img alt='' src='data:image/png;base64,AA'>"}, "data-image"),
        ({"html": "<img alt='x' src='https://x.test/a.png'>" + FOOTER}, "image-only"),
        ({"html": GOOD + "<p>" + "x" * 80_000 + "</p>"}, "large"),
        ({"text": "{{ unsubscribe_url }}"}, "no-postal-address-text"),
    ],
)
def test_what_had_better_not_go_out_is_a_warning(campaign: Campaign, changes: dict[str, Any], code: str) -> None:
    for name, value in changes.items():
        setattr(campaign, name, value)
    assert code in codes(campaign, "warn")
    assert codes(campaign, "block") == set()


def test_links_that_are_still_the_template_s_are_counted_and_a_name_that_ends_alike_is_none(campaign: Campaign) -> None:
    def said() -> list[str]:
        return [found.text for found in checklist.check(campaign) if found.code == "placeholder-link"]

    campaign.html = GOOD + '<a href="https://myexample.com/">x</a>'
    assert said() == []
    campaign.html += '<a href="https://www.example.org/a">x</a>'
    assert said() == ["A link still leads to www.example.org."]
    campaign.html += '<a href="https://example.com/b">x</a>'
    assert said() == ["2 links still lead to www.example.org and the like."]


def test_list_that_usually_hears_from_somebody_else_is_named(campaign: Campaign) -> None:
    """Not where the lists disagree: then nobody is the usual one."""
    MailingList.objects.update(sender_name="Boats", sender_email="boats@nordlicht.example")
    (found,) = checklist.check(campaign)
    assert (found.code, found.level, found.card) == ("other-sender", "warn", "from")
    assert found.text == "The list Readers usually hears from Boats <boats@nordlicht.example>."
    campaign.sender_email = "Boats@nordlicht.example"
    assert "other-sender" not in codes(campaign)
    campaign.sender_email = "news@nordlicht.example"
    campaign.lists.add(MailingList.objects.create(name="Guests", sender_email="guests@nordlicht.example"))
    assert "other-sender" not in codes(campaign)


def test_picture_that_is_said_to_be_decoration_needs_no_description(campaign: Campaign) -> None:
    line, ship = (
        Image.objects.create(name=name, storage_name=f"{name * 22}.png", width=600, height=8, size_bytes=90)
        for name in ("l", "s")
    )
    campaign.content_kind = Campaign.ContentKind.BLOCKS
    pictures = [
        {"kind": "image", "image": f"https://news.nordlicht.example/i/{one.storage_name}"} for one in (line, ship)
    ]
    words = {"kind": "text", "html": "<p>Words that say something about the world, and some more of them.</p>"}
    campaign.blocks = blocks.validate({"blocks": [words, *pictures, {"kind": "footer"}]})
    assert [found.text for found in checklist.check(campaign) if found.code == "no-alt"] == [
        "2 pictures have no description."
    ]
    Image.objects.filter(pk=line.pk).update(is_decorative=True)
    (finding,) = [found for found in checklist.check(campaign) if found.code == "no-alt"]
    assert finding.text == "1 picture has no description."
    assert finding.block == campaign.blocks["blocks"][2]["id"]
    Image.objects.filter(pk=ship.pk).update(is_decorative=True)
    assert "no-alt" not in codes(campaign)


def test_nobody_to_write_to_is_blocked(campaign: Campaign) -> None:
    Subscription.objects.all().delete()
    assert codes(campaign, "block") == {"no-recipients"}
    campaign.lists.clear()
    assert codes(campaign, "block") == {"no-list"}


def test_gap_is_counted_in_people(campaign: Campaign) -> None:
    campaign.html = GOOD + "Hi {{ first_name }}"
    (finding,) = checklist.check(campaign)
    assert finding.code == "no-fallback"
    assert finding.text.startswith("2 people have no first name")
    campaign.html = GOOD + 'Hi {{ first_name|default("you") }}{% if first_name %}, {{ first_name }}{% endif %}'
    assert checklist.check(campaign) == []


def test_real_mail_needs_an_address_readers_can_reach(campaign: Campaign, real: Provider) -> None:
    campaign.provider = real
    for address, code in (
        ("http://news.nordlicht.example", "public-address-http"),
        ("https://localhost:8000", "public-address-private"),
        ("https://192.168.1.5", "public-address-private"),
        ("http://localhost:8000", "public-address-private"),
        ("https://a-very-long-name-of-a-host.nordlicht.example", "public-address-long"),
    ):
        Organisation.objects.update(public_url=address)
        assert {each for each in codes(campaign, "block") if each.startswith("public-address")} == {code}, "told once"


def test_rehearsal_on_this_machine_is_not_blocked(campaign: Campaign) -> None:
    Organisation.objects.update(public_url="http://localhost:8000")
    assert checklist.check(campaign) == []


def test_real_mail_from_a_free_mailbox_is_blocked(campaign: Campaign, real: Provider) -> None:
    campaign.provider, campaign.sender_email = real, "nordlicht@gmail.com"
    assert codes(campaign, "block") == {"free-mail"}


def test_real_mail_from_no_domain_of_the_internet_is_blocked(campaign: Campaign, real: Provider) -> None:
    campaign.sender_email = "annchen@shop.localhost"
    assert "no-domain" not in codes(campaign), "a rehearsal reaches nobody"
    campaign.provider = real
    assert codes(campaign, "block") == {"no-domain"}


def test_sender_at_a_name_of_ones_own_network_is_warned_of(campaign: Campaign, real: Provider) -> None:
    """Whoever mails colleagues alone may send so."""
    campaign.provider = real
    Organisation.objects.update(sender_email="annchen@shop.lan")
    campaign.sender_email = "annchen@shop.lan"
    assert codes(campaign, "block") == set()
    assert "private-domain" in codes(campaign, "warn")


def test_paused_provider_is_named_with_its_reason(campaign: Campaign, real: Provider) -> None:
    real.state, real.state_reason = Provider.State.PAUSED, "the password was refused"
    real.save()
    campaign.provider = real
    (finding,) = checklist.check(campaign)
    assert (finding.code, finding.level, finding.card) == ("provider-paused", "block", "from")
    assert "the password was refused" in finding.text


def test_provider_that_failed_its_connection_test_is_a_warning_until_it_passes(
    campaign: Campaign, real: Provider
) -> None:
    real.failed_test("Nothing listens on port 587.")
    campaign.provider = real
    (finding,) = checklist.check(campaign)
    assert (finding.code, finding.level, finding.card) == ("provider-test-failed", "warn", "from")
    assert finding.text.startswith("Relay failed its connection test today ")
    assert "Nothing listens on port 587." in finding.text
    real.passed_test()
    assert checklist.check(campaign) == []


def test_every_starter_may_go_out_as_it_is(campaign: Campaign) -> None:
    Organisation.objects.update(public_url="http://localhost:8000")
    campaign.content_kind = Campaign.ContentKind.BLOCKS
    for starter in starters.all():
        campaign.blocks, campaign.subject, campaign.preheader = starter.document, starter.subject, starter.preheader
        assert codes(campaign) - {"template-subject"} == {"placeholder-link", "template-words"}


def test_blocking_findings_come_first(campaign: Campaign) -> None:
    campaign.preheader, campaign.html = "", GOOD + '<a href="">x</a>'
    assert [finding.level for finding in checklist.check(campaign)] == ["block", "warn"]


def test_foreign_tags_are_named_with_what_to_write_instead(campaign: Campaign) -> None:
    campaign.html = GOOD + "<p>Hi {{ contact.FIRSTNAME }}, *|MMERGE5|*</p>"
    campaign.subject = "For [[FIRSTNAME OR 'you']] and {$name}"
    found = [finding for finding in checklist.check(campaign) if finding.level == "block"]
    assert {finding.code for finding in found} == {"foreign-tag"}
    assert {(finding.cure, finding.fix) for finding in found} == {
        ('In our words: {{ first_name|default("you") }}', "translate"),
        ("In our words: {{ first_name }}", "translate"),
        ("Replace it with a tag from the list, or remove it.", ""),
    }


def look_at_the_first(**changes: str) -> None:
    """Preflight builds one message: for this reader."""
    Contact.objects.filter(email="reader0@example.org").update(**changes)
    Subscription.objects.filter(contact__email__in=["reader1@example.org", "reader2@example.org"]).delete()


@pytest.mark.parametrize("email", ['"reader 0"@example.org', "reader0@exa mple.org", "réader@example.org"])
def test_first_reader_whose_address_no_server_takes_blocks_nobody_else(campaign: Campaign, email: str) -> None:
    look_at_the_first(email=email)
    found = {finding.code: finding for finding in checklist.check(campaign)}
    assert found.keys() == {"odd-person"}
    assert found["odd-person"].level == "warn"
    assert email in found["odd-person"].text


@pytest.mark.parametrize(
    "name",
    [
        '"><script>x</script>',
        "{{7*7}}",
        "{% if %}",
        "a\r\nBcc: x@example.org",
        "x" * 150,
        "‮evil",
        "\ue0001\ue001",
        "''",
    ],
)
def test_odd_name_of_the_first_reader_blocks_nothing(campaign: Campaign, name: str) -> None:
    look_at_the_first(first_name=name)
    campaign.html = f"<p>Dear {{{{ first_name|default('reader') }}}}</p>{GOOD}"
    campaign.subject = "News for {{ first_name|default('you') }}"
    assert codes(campaign, "block") == set()


@pytest.mark.parametrize("name", ["{{7*7}}", "{% if a %}", "Books {", "}} {{ first_name }}", '"Books" <b>'])
def test_name_of_the_organisation_is_no_merge_language(
    campaign: Campaign, organisation: Organisation, name: str
) -> None:
    organisation.name = campaign.sender_name = name
    organisation.postal_address = f"{name}\n20457 Hamburg"
    organisation.save()
    campaign.html = f"{GOOD}{{{{ organisation_name }}}}"
    assert codes(campaign, "block") == set()
    starter = next(starter for starter in starters.all() if starter.document["blocks"][0]["kind"] == "logo")
    campaign.content_kind, campaign.blocks = Campaign.ContentKind.BLOCKS, blocks.validate(starter.document)
    shown = preview.preview(campaign, None)
    assert not shown.problem
    assert name in html.visible_text(shown.html)
    assert name in shown.text
    assert shown.sender == f"{name} <news@nordlicht.example>"
    assert codes(campaign, "block") <= {"no-recipients"}


@pytest.mark.parametrize("name", ["{{7*7}}", "{% if a %}", "}} {{ first_name }}", '"Books" <b>'])
def test_names_of_lists_and_labels_of_fields_are_no_merge_language(
    campaign: Campaign, organisation: Organisation, name: str
) -> None:
    MailingList.objects.update(name=name, public_name=name, description=name)
    Field.objects.create(key="city", label=name)
    Contact.objects.update(attributes={"city": name}, source=name)
    campaign.html = f"{GOOD}{{{{ city|default('elsewhere') }}}}"
    assert codes(campaign, "block") == set()
    shown = preview.preview(campaign, Contact.objects.first())
    assert not shown.problem
    assert name in html.visible_text(shown.html)
    assert name in shown.text
