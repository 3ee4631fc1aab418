import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from campaigns import starters
from campaigns.content import blocks
from campaigns.editor import history
from campaigns.message import preview
from campaigns.models import Campaign
from campaigns.sample_data import samples
from campaigns.sending import launching
from contacts.models import Contact
from delivery.domains.models import SendingDomain
from delivery.models import Batch, FeedbackCount, Provider, ReturnMailbox
from delivery.providers import removal
from tests.campaigns import letters

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
JSON = {"Accept": "application/json"}


@pytest.fixture
def campaign(marketer: User) -> Campaign:
    return letters.draft(marketer, letters.readers("Ana", "Ben"))


def save(client: Client, campaign: Campaign, card: str, **fields: Any) -> Any:
    return client.post(reverse("campaign-save", args=[campaign.pk, card]), fields, headers=JSON)


def test_draft_names_number_and_way_out(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    page = client_for(marketer).get(campaign.get_absolute_url()).content.decode()
    assert "Rehearse with 2 people (nobody receives it)" in page
    assert "Readers: 2 people" in page
    assert "2 matched = <strong>2 will receive</strong>" in page


@pytest.mark.parametrize("address", ["", "nonsense", "ü@example.org"])
def test_draft_without_a_proper_sender_says_what_is_missing(
    address: str, client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(sender_email=address)
    client = client_for(marketer)
    assert client.get(campaign.get_absolute_url()).status_code == 200
    assert client.get(reverse("campaign-launch", args=[campaign.pk])).status_code == 200


def test_card_is_saved_under_the_next_version(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    answer = save(client_for(marketer), campaign, "subject", subject="  New\n words ", preheader="", version=1)
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    campaign.refresh_from_db()
    assert (campaign.subject, campaign.preheader, campaign.updated_by) == ("New words", "", marketer)


@pytest.mark.parametrize("field", ["sender_email", "reply_to"])
def test_address_at_which_nobody_could_answer_is_refused_where_it_is_entered(
    field: str, client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    typed = {"sender_name": "Mia", "sender_email": "mia@nordlicht.example", "reply_to": ""}
    refused = save(client_for(marketer), campaign, "from", **typed | {field: "mia@localhost"})
    assert refused.status_code == 422
    assert "“localhost” is no domain of the internet" in refused.json()["errors"][field]
    assert save(client_for(marketer), campaign, "from", **typed | {field: "mia@shop.lan"}).status_code == 200


def test_two_editors_notice_each_other(client_for: Browse, marketer: User, admin: User, campaign: Campaign) -> None:
    save(client_for(admin), campaign, "subject", subject="Aron's", version=1)
    late = save(client_for(marketer), campaign, "name", name="Mia's", version=1)
    assert late.status_code == 409
    assert late.json()["conflict"].startswith("Aron Admin changed this just now")
    kept = save(client_for(marketer), campaign, "name", name="Mia's", version=late.json()["version"])
    assert kept.status_code == 200
    campaign.refresh_from_db()
    assert (campaign.subject, campaign.name) == ("Aron's", "Mia's")


def test_launched_campaign_takes_no_more_words(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    launching.launch(campaign, by=marketer)
    assert save(client_for(marketer), campaign, "subject", subject="Too late", version=1).status_code == 410
    campaign.refresh_from_db()
    assert campaign.subject == "News for you"


def test_launch_asks_once_more_and_goes(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    client = client_for(marketer)
    url = reverse("campaign-launch", args=[campaign.pk])
    assert "10 seconds after you press" in client.get(url).content.decode()
    page = client.post(url, agreed(campaign), follow=True).content.decode()
    assert "Nothing has left yet" in page
    assert Batch.objects.get().total in (0, 2)


def test_a_scheduled_campaign_says_to_whom_it_goes_and_is_counted_once(
    client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    launching.launch(campaign, by=marketer, at=timezone.now() + timedelta(days=1))
    page = client_for(marketer).get(campaign.get_absolute_url())
    assert "Readers: 2 people" in page.content.decode()
    polled = client_for(marketer).get(
        campaign.get_absolute_url(), headers={"HX-Request": "true", "HX-Target": "report"}
    )
    assert polled.status_code == 204


def test_campaign_goes_to_people_with_a_tag(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    letters.readers("Ben", "Cleo")
    Contact.objects.filter(first_name="Ben").update(attributes={"tags": ["press"]})
    client = client_for(marketer)
    assert "Only people with a tag" in client.get(campaign.get_absolute_url()).content.decode()
    answer = client.post(
        reverse("campaign-save", args=[campaign.pk, "to"]),
        {"lists": [campaign.lists.get().pk], "tags": ["press"], "version": campaign.version},
    )
    assert answer.status_code == 302
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert "Readers, tagged press: 1 person" in page
    campaign.refresh_from_db()
    assert launching.launch(campaign, by=marketer).audience["tags"] == ["press"]
    Contact.objects.update(attributes={})
    copy = launching.duplicate(campaign, by=marketer)
    assert copy.tags == ["press"]
    assert "has one of the tags" in client.get(copy.get_absolute_url()).content.decode()


def test_people_with_a_tag_are_left_out(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    letters.readers("Ben", "Cleo")
    Contact.objects.filter(first_name="Ben").update(attributes={"tags": ["press"]})
    client, lists = client_for(marketer), [campaign.lists.get().pk]
    typed = {"lists": lists, "excluded_tags": ["press"], "version": campaign.version}
    assert client.post(reverse("campaign-save", args=[campaign.pk, "to"]), typed).status_code == 302
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert "Readers, nobody tagged press: 2 people" in page
    campaign.refresh_from_db()
    copy = launching.duplicate(campaign, by=marketer)
    assert launching.launch(campaign, by=marketer).audience["excluded_tags"] == copy.excluded_tags == ["press"]
    Contact.objects.update(attributes={"tags": ["press"]})
    assert (
        "Everybody who may get it has a tag that is left out." in client.get(copy.get_absolute_url()).content.decode()
    )


def test_bad_day_is_rehearsed_by_one_button_of_the_last_look(
    client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    client, url = client_for(marketer), reverse("campaign-launch", args=[campaign.pk])
    assert b"Rehearse a bad day" in client.get(url).content
    page = client.post(url, agreed(campaign) | {"bad_day": "1"}, follow=True).content.decode()
    assert "Rehearsal of a bad day" in page
    assert "8 % of the addresses are refused" in page


def test_launch_above_five_thousand_wants_the_number_typed(
    client_for: Browse, marketer: User, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launching, "MANY_PEOPLE", 1)
    client, url = client_for(marketer), reverse("campaign-launch", args=[campaign.pk])
    for typed in ("", "3"):
        assert client.post(url, agreed(campaign) | {"typed": typed}).status_code == 422
    assert not Batch.objects.exists()
    assert client.post(url, agreed(campaign) | {"typed": " 2 "}).status_code == 302
    assert Batch.objects.count() == 1


def test_rehearsal_that_was_agreed_to_never_turns_into_a_real_mail(
    client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    client, url = client_for(marketer), reverse("campaign-launch", args=[campaign.pk])
    shown = agreed(campaign)
    assert "nobody receives it" in client.get(url).content.decode()
    Provider.objects.create(name="Relay", host="smtp.example.org").make_default()
    answer = client.post(url, shown)
    assert answer.status_code == 422
    assert "Something has changed" in answer.content.decode()
    assert "Send to 2 people through Relay" in answer.content.decode()
    assert not Batch.objects.exists()


def test_draft_changed_after_the_last_look_is_not_launched(
    client_for: Browse, marketer: User, admin: User, campaign: Campaign
) -> None:
    shown = agreed(campaign)
    save(client_for(admin), campaign, "subject", subject="Aron's", version=1)
    url = reverse("campaign-launch", args=[campaign.pk])
    for said in (shown, {}, {"provider": "x", "version": "9" * 5_000}):
        assert client_for(marketer).post(url, said).status_code == 422
    assert not Batch.objects.exists()


def test_hostile_numbers_and_bytes_are_no_error(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    client = client_for(marketer)
    assert save(client, campaign, "name", name="Mine", version="9" * 5_000).status_code == 200
    for query in ({"contact": "9" * 400}, {"contact": "²"}, {"who": "\0"}):
        assert client.get(reverse("campaign-mail", args=[campaign.pk]), query).status_code == 200
    added = client.post(reverse("block-add", args=[campaign.pk]), {"kind": "text", "position": "9" * 400})
    assert added.status_code == 302
    assert client.get("/campaigns/", {"before": "9" * 400, "q": "\0"}).status_code == 200
    assert client.get("/images/", {"before": "²", "q": "\0"}).status_code == 200


def test_what_blocks_is_said_with_its_cure(client_for: Browse, marketer: User) -> None:
    empty = letters.draft(marketer)
    answer = client_for(marketer).post(reverse("campaign-launch", args=[empty.pk]), agreed(empty))
    assert answer.status_code == 422
    assert "This cannot go yet" in answer.content.decode()


def test_preview_is_the_mail_of_the_chosen_contact(client_for: Browse, viewer: User, campaign: Campaign) -> None:
    people = dict(Contact.objects.values_list("first_name", "pk"))
    answer = client_for(viewer).get(reverse("campaign-mail", args=[campaign.pk]), {"contact": people["Ben"]})
    assert "Hello Ben" in answer.content.decode()
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_block_is_added_above_the_footer_moved_removed_and_brought_back(
    client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    client, place = client_for(marketer), [campaign.pk]
    client.post(reverse("block-add", args=place), {"kind": "divider", "position": 3})
    assert kinds(campaign) == ["heading", "text", "button", "divider", "footer"]
    divider = Campaign.objects.get(pk=campaign.pk).blocks["blocks"][3]["id"]
    client.post(reverse("block-move", args=[*place, divider]), {"direction": "up"})
    assert kinds(campaign) == ["heading", "text", "divider", "button", "footer"]
    removed = client.post(reverse("block-delete", args=[*place, divider]), headers={"HX-Request": "true"})
    assert kinds(campaign) == ["heading", "text", "button", "footer"]
    assert "Divider removed." in removed.content.decode()
    client.post(reverse("content-undo", args=place))
    assert kinds(campaign) == ["heading", "text", "divider", "button", "footer"]


def test_undo_goes_back_through_every_change_and_redo_forth_again(
    client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    client, place = client_for(marketer), [campaign.pk]
    before = Campaign.objects.get(pk=campaign.pk).blocks
    client.post(reverse("block-add", args=place), {"kind": "divider", "position": 0})
    client.post(reverse("block-add", args=place), {"kind": "spacer", "position": 0})
    client.post(reverse("campaign-starter", args=place), {"starter": starters.all()[1].key})
    begun_anew = Campaign.objects.get(pk=campaign.pk).blocks
    client.post(reverse("content-undo", args=place))
    assert kinds(campaign) == ["spacer", "divider", "heading", "text", "button", "footer"]
    for _ in range(4):  # more often than there is something to undo
        client.post(reverse("content-undo", args=place))
    assert Campaign.objects.get(pk=campaign.pk).blocks == before
    for _ in range(4):
        client.post(reverse("content-redo", args=place))
    assert Campaign.objects.get(pk=campaign.pk).blocks == begun_anew
    client.post(reverse("content-undo", args=place))
    client.post(reverse("block-add", args=place), {"kind": "divider", "position": 0})
    client.post(reverse("content-redo", args=place))  # a new change leaves nothing to redo
    assert kinds(campaign)[0] == "divider"


def test_changes_that_a_closed_page_left_are_made_in_order_and_undo_takes_back_no_other(
    client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    client, place = client_for(marketer), [campaign.pk]

    def leave(*changes: object) -> Any:
        posted = {"version": campaign.version, "changes": json.dumps(changes)}
        return client.post(reverse("content-waiting", args=place), posted, headers=JSON)

    add = (reverse("block-add", args=place), "kind=divider&position=0")
    undo = (reverse("content-undo", args=place), "")
    assert json.loads(leave(add, add, undo).content) == {"stored": 3}
    assert kinds(campaign)[:2] == ["divider", "heading"]
    assert json.loads(leave(undo).content) == {"stored": 0}  # the draft has changed since
    elsewhere = reverse("block-add", args=[campaign.pk + 1])
    for others in ((elsewhere, "kind=text"), (reverse("campaign-kind", args=place), "kind=html"), 1):
        assert leave(others).status_code == 400
    assert kinds(campaign)[:2] == ["divider", "heading"]


def test_what_is_typed_into_one_block_is_one_step(
    client_for: Browse, marketer: User, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "WRITING", timedelta(days=1))  # a busy machine stores a letter in its own time
    client, heading = client_for(marketer), campaign.blocks["blocks"][0]
    for words in ("N", "Ne", "New"):
        client.post(reverse("block-save", args=[campaign.pk, heading["id"]]), {"text": words}, headers=JSON)
    client.post(reverse("content-undo", args=[campaign.pk]))
    assert Campaign.objects.get(pk=campaign.pk).blocks["blocks"][0]["text"] == heading["text"]


def test_block_form_is_cleaned_and_seen_in_the_mail(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    text = campaign.blocks["blocks"][1]["id"]
    url = reverse("block-save", args=[campaign.pk, text])
    answer = client_for(marketer).post(url, {"html": "<p onclick=x>Ahoy</p><script>1</script>"}, headers=JSON)
    assert answer.json()["excerpt"] == "Ahoy"
    mail = client_for(marketer).get(reverse("campaign-mail", args=[campaign.pk])).content.decode()
    assert "Ahoy" in mail
    assert "<script" not in mail


def test_switching_to_html_and_back_loses_nothing(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    client, url = client_for(marketer), reverse("campaign-kind", args=[campaign.pk])
    client.post(url, {"kind": "html"})
    campaign.refresh_from_db()
    assert campaign.content_kind == "html"
    assert "News from the harbour" in campaign.html
    client.post(url, {"kind": "blocks"})
    assert kinds(campaign) == ["heading", "text", "button", "footer"]


def test_switching_to_what_it_is_already_changes_nothing(client_for: Browse, marketer: User) -> None:
    empty = letters.draft(marketer, content_kind="html")
    answer = client_for(marketer).post(reverse("campaign-kind", args=[empty.pk]), {"kind": "html"})
    assert answer.status_code == 302
    empty.refresh_from_db()
    assert (empty.content_kind, empty.html) == ("html", "")


def test_test_mail_is_marked_and_counted_nowhere(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    url = reverse("campaign-test", args=[campaign.pk])
    line = client_for(marketer).post(url, {"to": "mia@nordlicht.example"})
    assert "On its way" in line.content.decode()
    edition = campaign.editions.get()
    assert (edition.is_test, edition.subject) == (True, "[TEST] News for you")
    campaign.refresh_from_db()
    assert campaign.is_draft


def test_home_leads_whoever_set_it_up_to_the_first_mail_until_something_was_sent(
    client_for: Browse, marketer: User, admin: User, campaign: Campaign, organisation: Organisation
) -> None:
    samples.begin(organisation=organisation, owner=admin, with_sample=False)
    client = client_for(admin)
    assert "“My first mail” is finished, with you as its only reader" in client.get("/").content.decode()
    assert "Send yourself the first mail" not in client_for(marketer).get("/").content.decode()
    Campaign.objects.get(name="My first mail").lists.add(*campaign.lists.all())
    assert "Send yourself the first mail" not in client.get("/").content.decode()
    Campaign.objects.get(name="My first mail").lists.remove(*campaign.lists.all())
    assert "Send yourself the first mail" in client.get("/").content.decode()
    launching.launch(campaign, by=marketer)
    page = client.get("/").content.decode()
    assert "Send yourself the first mail" not in page
    assert "Harbour news" in page


def test_campaign_that_paused_itself_says_why_and_leads_to_exactly_those_people(
    client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    batch = launching.launch(campaign, by=marketer)
    words = "41 of 400 addresses tried (10.2 %) do not exist."
    Batch.objects.filter(pk=batch.pk).update(state="paused", stop_rule="hard", state_reason=words, hard=41)
    client = client_for(marketer)
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert "Paused by itself, as it would be for real" in page
    assert page.count(words) == 1
    address = f"{reverse('batch-people', args=[batch.pk])}?term=hard"
    assert f'href="{address}">See who does not exist' in page
    assert "Do not exist 41" in client.get(address).content.decode()
    home = client.get(reverse("home")).content.decode()
    assert f"By itself: {words}" in " ".join(home.split())
    assert "Resume" not in home  # one looks first


def test_too_many_complaints_warn_before_they_stop(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    batch = launching.launch(campaign, by=marketer)
    Batch.objects.filter(pk=batch.pk).update(state="done", accepted=1_500)
    FeedbackCount.objects.create(batch=batch, lane="other", complained=2)
    page = client_for(marketer).get(campaign.get_absolute_url()).content.decode()
    assert "2 of 1,500 people (0.13\N{NO-BREAK SPACE}%) marked this mail as spam" in page


def test_paused_campaign_needs_somebody(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    launching.launch(campaign, by=marketer)
    Batch.objects.update(state=Batch.State.PAUSED, state_reason="The server said no", started_at=timezone.now())
    page = client_for(marketer).get("/").content.decode()
    assert "The server said no" in page
    assert 'aria-label="Resume Harbour news"' in page


def test_list_is_searched_and_filtered(client_for: Browse, marketer: User, campaign: Campaign) -> None:
    letters.draft(marketer, name="Autumn sale", subject="Leaves")
    client = client_for(marketer)

    def names(query: str) -> list[str]:
        return [row["campaign"].name for row in client.get(f"/campaigns/{query}").context["rows"]]

    assert names("") == ["Autumn sale", "Harbour news"]
    assert names("?q=leaves") == ["Autumn sale"]
    launching.launch(campaign, by=marketer)
    assert names("?state=drafts") == ["Autumn sale"]
    assert names("?state=under-way") == ["Harbour news"]
    assert client.get("/campaigns/?state=nonsense").status_code == 404


def test_viewer_sees_the_draft_and_changes_nothing(client_for: Browse, viewer: User, campaign: Campaign) -> None:
    client = client_for(viewer)
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert '<details class="card"' not in page  # nothing opens that may not be changed
    assert "Send a test mail" not in page
    assert "Rehearse with" not in page
    assert save(client, campaign, "subject", subject="Mine").status_code == 403
    assert client.post(reverse("campaign-launch", args=[campaign.pk])).status_code == 403


def test_stranger_is_led_to_the_login(client: Client, campaign: Campaign) -> None:
    assert client.get(campaign.get_absolute_url()).url.startswith("/login/")  # type: ignore[attr-defined]


def agreed(campaign: Campaign) -> dict[str, Any]:
    """What the page says beside its button."""
    found = Campaign.objects.get(pk=campaign.pk)
    way = "rehearsal" if found.way_out.is_rehearsal else "real"
    return {"provider": found.way_out.pk, "version": found.version, "way": way}


def kinds(campaign: Campaign) -> list[str]:
    return [block["kind"] for block in blocks.walk(Campaign.objects.get(pk=campaign.pk).blocks)]


def test_preview_says_of_each_element_which_block_it_is_for_the_editor(
    client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    columns = {"kind": "columns", "id": "two", "columns": [[{"kind": "heading", "id": "inner", "text": "In"}], []]}
    campaign.blocks = blocks.validate({"blocks": [*campaign.blocks["blocks"], columns]})
    campaign.save()
    plain, marked = (
        client_for(marketer).get(reverse(name, args=[campaign.pk])).content.decode()
        for name in ("campaign-mail", "canvas-mail")
    )
    for block in blocks.walk(campaign.blocks):
        assert marked.count(f'id="block-{block["id"]}" data-block="{block["id"]}"') == 1
    assert marked.index('data-block="two"') < marked.index('data-column="two:0"') < marked.index('data-block="inner"')
    assert marked.index('data-block="inner"') < marked.index('data-column="two:1"')
    assert "data-block" not in plain
    alone = preview.fragment(campaign, None, "inner")
    assert alone.startswith('<tr id="block-inner"')
    assert alone in marked


def test_removed_way_out_is_named_before_the_default_carries_the_mail(
    client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    campaign.provider = Provider.objects.create(name="Old relay", host="smtp.example.org")
    campaign.save()
    removal.remove(campaign.provider)
    page = client_for(marketer).get(campaign.get_absolute_url()).content.decode()
    assert "Old relay was removed, so it goes through Sandbox." in page


def test_home_says_what_is_missing_before_real_mail_leaves(client_for: Browse, owner: User, campaign: Campaign) -> None:
    launching.launch(campaign, by=owner)
    page = client_for(owner).get("/").content.decode()
    assert "Before real mail leaves" in page
    assert "Connect a mail server" in page
    assert "Set up the domain" not in page  # nothing is known against it
    Provider.objects.create(name="Relay", host="mail.example", port=587)
    page = client_for(owner).get("/").content.decode()
    assert ">Set up returned mail<" in page  # its people and its public address are there
    assert "Before real mail leaves" in page
    ReturnMailbox.objects.create(name="Bounces", host="mail.example", username="bounces", is_paused=True)
    assert "Before real mail leaves" in client_for(owner).get("/").content.decode()
    ReturnMailbox.objects.update(is_paused=False)
    page = client_for(owner).get("/").content.decode()
    assert "Before real mail leaves" not in page
    SendingDomain.objects.create(name="ours.example", confirmed_at=timezone.now(), state="fails", failures=1)
    assert ">Set up the domain<" in client_for(owner).get("/").content.decode()


def test_a_name_that_fits_several_people_offers_them_all(client_for: Browse, viewer: User, campaign: Campaign) -> None:
    for address in ("ana.garcia@example.org", "ana.lopez@example.org"):
        Contact.objects.create(email=address, first_name="Ana")
    page = client_for(viewer).get(reverse("campaign-inbox", args=[campaign.pk]), {"who": "Ana"}).content.decode()
    assert "ana.garcia@example.org" in page
    assert "ana.lopez@example.org" in page


def test_link_without_its_scheme_is_completed_or_asked_about_at_once(
    client_for: Browse, marketer: User, campaign: Campaign
) -> None:
    button = next(block["id"] for block in campaign.blocks["blocks"] if block["kind"] == "button")
    save_button = reverse("block-save", args=[campaign.pk, button])
    client = client_for(marketer)
    answer = client.post(save_button, {"url": "shop.test/x", "label": "Go"}, headers=JSON).json()
    assert (answer["completed"], answer["asks"]) == ({"url": "https://shop.test/x"}, {})
    answer = client.post(save_button, {"url": "offer.html"}, headers=JSON).json()
    assert answer["completed"] == {}
    assert "“offer.html” is not a whole address" in answer["asks"]["url"]
    answer = client.post(save_button, {"url": "{{ unsubscribe_url }}"}, headers=JSON).json()
    assert (answer["completed"], answer["asks"]) == ({}, {})
