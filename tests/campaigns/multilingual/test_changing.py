"""Languages of a draft come and go."""

import pytest

from accounts.models import AuditEntry, User
from campaigns.content import blocks
from campaigns.drafts import own_templates
from campaigns.models import Campaign
from campaigns.multilingual import changing, own_words
from campaigns.sending import launching
from campaigns.sending.launching import Agreed, NotADraft
from tests.campaigns import letters

pytestmark = pytest.mark.django_db

PAGE = '<!doctype html><html class="a"{}><body><p>Hello</p></body></html>'


def test_a_language_begins_as_a_copy_whose_own_words_are_translated(owner: User) -> None:
    campaign = letters.draft(owner)
    campaign.blocks["blocks"][-1] |= {"view": "View in browser", "preferences": "What suits you"}
    campaign.save()
    german = changing.add(campaign, "de", by=owner)
    assert (german.subject, german.preheader) == (campaign.subject, campaign.preheader)
    before, after = (list(blocks.walk(blocks.validate(one.blocks))) for one in (campaign, german))
    assert before[:-1] == after[:-1]
    assert (after[-1]["label"], after[-1]["view"]) == ("Abmelden", "Im Browser ansehen")
    assert after[-1]["preferences"] == "What suits you", "somebody's own words stay"
    assert not Campaign.objects.whole().filter(pk=german.pk).exists(), "it is no campaign of its own"
    assert AuditEntry.objects.filter(action="campaign.language_added").count() == 1


@pytest.mark.parametrize(
    ("said", "expected"), [("", ' lang="de"'), (' lang="en"', ' lang="de"'), (" LANG=en-GB", ' LANG="de"')]
)
def test_html_written_by_hand_names_its_language(said: str, expected: str) -> None:
    written = own_words.saying_language(PAGE.format(said), "de")
    assert own_words.language_said(written) == "de"
    assert written.replace(expected, "") == PAGE.format("")
    assert own_words.saying_language("<p>Hello</p>", "de") == "<p>Hello</p>"


def test_no_language_is_there_twice(campaign: Campaign, owner: User) -> None:
    for code in ("en", "de", "fr", "", "xx", "klingon"):
        with pytest.raises(changing.NotPossible):
            changing.add(campaign, code, by=owner)
    assert "de" not in dict(changing.offered(campaign))
    with pytest.raises(changing.NotPossible, match="German"):
        changing.write_in(campaign, "de", by=owner)
    assert changing.write_in(campaign, "it", by=owner).language == "it"
    assert "en" in dict(changing.offered(Campaign.objects.get(pk=campaign.pk)))


def test_what_was_shown_is_not_launched_with_another_language(campaign: Campaign, owner: User) -> None:
    agreed = Agreed(campaign.way_out.pk, campaign.stamp, True)
    german = campaign.translations.get(language="de")
    changing.remove(german, by=owner)
    changing.add(campaign, "de", by=owner)
    with pytest.raises(launching.Changed):
        launching.launch(campaign, by=owner, agreed=agreed)
    seen = {agreed.version, Campaign.objects.get(pk=campaign.pk).stamp}
    for _ in range(3):
        changing.remove(campaign.translations.get(language="de"), by=owner)
        changing.add(campaign, "de", by=owner)
        seen.add(Campaign.objects.get(pk=campaign.pk).stamp)
    assert len(seen) == 5, "no stamp comes twice"


def test_a_launched_campaign_keeps_its_languages(campaign: Campaign, owner: User) -> None:
    german = campaign.translations.get(language="de")
    launching.launch(campaign, by=owner)
    with pytest.raises(NotADraft):
        changing.remove(german, by=owner)
    with pytest.raises(NotADraft):
        changing.add(campaign, "it", by=owner)
    launching.undo(campaign, by=owner)
    changing.remove(Campaign.objects.get(pk=german.pk), by=owner)
    assert set(campaign.translations.values_list("language", flat=True)) == {"fr"}


def test_copies_and_templates_bring_their_languages_along(campaign: Campaign, owner: User) -> None:
    template = own_templates.keep(campaign, "Monthly", "", by=owner)
    made = own_templates.use(template, "June", by=owner)
    for copy in (launching.duplicate(campaign, by=owner), template.campaign, made):
        said = dict(copy.translations.values_list("language", "subject"))
        assert said == {"de": "Neues für {{ first_name }}", "fr": "Des nouvelles"}
        (german,) = [one for one in copy.in_other_languages() if one.language == "de"]
        assert (german.sender_email, german.name) == (copy.sender_email, copy.name)
    launching.delete_draft(campaign, by=owner)
    assert Campaign.objects.filter(translation_of=campaign.pk).count() == 0
