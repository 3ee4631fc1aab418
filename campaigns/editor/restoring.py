"""A draft says again what one of its versions said. What it said until then is kept as a version of its own."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from campaigns.content import blocks, bounds
from campaigns.drafts import saving, versions
from campaigns.drafts.words import Words, are_same, put, words_of
from campaigns.editor import history
from campaigns.models import Campaign, DraftVersion


@transaction.atomic
def restore(version: DraftVersion, *, by: User) -> bool:
    """False if the draft says just that already. Raises blocks.Invalid, launching.NotADraft."""
    words, changes = version.words, list[Words]()

    def bring_back(draft: Campaign) -> None:
        if words is not None and not are_same(now := words_of(draft), words):
            changes.append(now)
            _put(draft, words, by)

    draft = saving.save(version.campaign_id, bring_back, by=by, version=None)
    if not changes:
        return False
    kept = DraftVersion.objects.filter(pk=version.pk).first()  # it may just have been thinned out
    draft.versions.filter(words__isnull=True).update(restores=kept)
    audit.record(by, "campaign.restored", draft.name, campaign=draft.pk, version=version.pk)
    return True


def _put(draft: Campaign, words: Words, by: User) -> None:
    versions.close(draft)
    if words["blocks"]:
        history.change(draft, bounds.checked(blocks.validate(words["blocks"])), by=by)
    put(draft, {name: value for name, value in words.items() if name != "blocks"})
