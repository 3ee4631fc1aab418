"""What this part announces; receivers only enqueue or do little."""

from django.dispatch import Signal

# kwargs: organisation, owner, with_sample (bool). Sent once in the life of an installation, after the commit.
organisation_created = Signal()
