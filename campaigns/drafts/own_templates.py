"""Templates of the organisation's own: kept from campaigns, used for new ones."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from campaigns.brands import choosing
from campaigns.models import Campaign, Template
from campaigns.sending import launching


@transaction.atomic
def keep(campaign: Campaign, name: str, description: str, *, by: User) -> Template:
    """What the campaign says and looks like, as a template; whom it went to is left behind."""
    copy = launching.copy_of(campaign, name, by=by)
    for chosen in Campaign.CHOSEN_PEOPLE:
        getattr(copy, chosen).clear()
    copy.on_any_list, copy.tags, copy.excluded_tags = False, [], []
    copy.provider, copy.tracking = None, ""
    copy.save(update_fields=["on_any_list", "tags", "excluded_tags", "provider", "tracking"])
    template = Template.objects.create(campaign=copy, description=description)
    audit.record(by, "template.created", name, template=template.pk, campaign=campaign.pk)
    return template


@transaction.atomic
def use(template: Template, name: str, *, by: User) -> Campaign:
    """A draft with the template's words, from the sender of its brand."""
    draft = launching.copy_of(template.campaign, name, by=by)
    draft.sender_name, draft.sender_email = choosing.sender_of(draft.brand)
    draft.save(update_fields=["sender_name", "sender_email"])
    return draft
