"""How a campaign's words are shown to those who write it."""

from django import template

from accounts.models import User
from campaigns.approval.standing import Standing
from campaigns.merge import language
from contacts.guessing import languages

register = template.Library()
register.filter("language_name", languages.name_of)


@register.filter
def told_to(found: Standing, reader: User) -> Standing:
    return found.told_to(reader)


@register.filter
def plainly(text: str) -> str:
    """Merge tags as people read them: “Hello ‹first name›” instead of the template."""
    named = {name: f"‹{name.replace('_', ' ')}›" for name in language.tags_used(text)}
    try:
        return language.render(text, named, "header")
    except language.Broken:
        return text
