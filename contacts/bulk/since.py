"""What Undo must respect: whoever asked for less mail after the change meant it, whatever the change was."""

# SQL; `%(at)s` is when the slice was done, whose own entries carry exactly that time.
WITHDRAWN_SINCE = (
    "EXISTS (SELECT 1 FROM contacts_consentevent e WHERE e.contact_id = {contact}"
    " AND e.kind = 'withdrawn' AND e.at > %(at)s::timestamptz)"
)
