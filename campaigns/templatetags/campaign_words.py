"""How a campaign's words are shown to those who write it."""

from django import template

from campaigns import merge

register = template.Library()


@register.filter
def plainly(text: str) -> str:
    """Merge tags as people read them: “Hello ‹first name›” instead of the template."""
    named = {name: f"‹{name.replace('_', ' ')}›" for name in merge.tags_used(text)}
    try:
        return merge.render(text, named, "header")
    except merge.Broken:
        return text
