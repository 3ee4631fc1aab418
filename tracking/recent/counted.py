"""Which mails are campaigns of a person's, and what is known of them: SQL that the folding puts together."""

MOST = 50  # campaigns of a person that are remembered
BITS = f"((1::bigint << {MOST}) - 1)"
# Of the batch `b`: real campaigns whose openings and clicks are known by person. Of others nobody can say who did not
# open them.
COUNTED = "NOT b.rehearsal AND b.stream = 'marketing' AND b.kind = 'closed' AND b.tracking = 'individual'"


def acted(kind: int, message: str) -> str:
    """Whether a person, and no program, did that with the message: as it is known at this moment."""
    return (
        f"EXISTS (SELECT 1 FROM tracking_engagement e WHERE e.message_id = {message} AND e.kind = {kind}"  # noqa: S608
        " AND e.link_id = 0 AND NOT e.is_machine)"
    )
