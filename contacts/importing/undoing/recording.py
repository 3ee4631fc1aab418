"""What a slice of an import changes, noted by the statement that changes it: see running.merging."""

from contacts.importing.plan import Mode, Plan, Status

TEXTS = ("first_name", "last_name", "language", "time_zone")

# A slice's row has its id before, so that the rows of people can name it.
NEXT_SLICE = "SELECT nextval(pg_get_serial_sequence('contacts_importslice', 'id'))"

# All parts of the statement see the contacts as they were before it.
_OVERWRITTEN = """, overwritten AS (
    INSERT INTO contacts_importoverwritten (slice_id, contact_id, was_sample, was_updated_at{names})
    SELECT %(slice)s::bigint, c.id, c.is_sample, c.updated_at{values}
    FROM slice s JOIN contacts_contact c ON c.id = s.contact_id WHERE s.is_changed
)"""
_TRACE = f""", graver AS (
    INSERT INTO contacts_importgraver (slice_id, suppression_id, reason, was_reason, was_detail)
    SELECT %(slice)s::bigint, p.id, suppressed.reason, p.reason, p.detail
    FROM suppressed JOIN contacts_suppression p ON p.email = suppressed.email WHERE NOT suppressed.is_new
), trace AS (
    INSERT INTO contacts_importslice (id, job_id, at, mode, lists, added, found, joined,
        "left", left_state, left_changed_at, suppressed, also_suppressed)
    SELECT %(slice)s::bigint, %(job)s, now(), %(mode)s, %(lists)s::bigint[] || %(found_lists)s::bigint[],
        (SELECT coalesce(array_agg(id), '{{}}') FROM added WHERE is_new),
        (SELECT coalesce(array_agg(contact_id), '{{}}') FROM slice WHERE contact_id IS NOT NULL),
        (SELECT coalesce(array_agg(id), '{{}}') FROM joined),
        (SELECT coalesce(array_agg(id ORDER BY id), '{{}}') FROM gone),
        (SELECT coalesce(array_agg(was_state ORDER BY id), '{{}}') FROM gone),
        (SELECT coalesce(array_agg(was_changed_at ORDER BY id), '{{}}') FROM gone),
        (SELECT coalesce(array_agg(id), '{{}}') FROM suppressed WHERE is_new),
        (SELECT coalesce(array_agg(suppression_id), '{{}}') FROM slice
            WHERE status >= {Status.HELD} AND suppression_id IS NOT NULL)
)"""  # noqa: S608  # a number of an enum


def trace(plan: Plan) -> str:
    """SQL to go before the last part of the statement that merges a slice."""
    return _overwritten(plan) + _TRACE


def _overwritten(plan: Plan) -> str:
    if plan.mode == Mode.NEW and not plan.tells_counting and not plan.tags:
        # Only people who were samples are changed at all.
        return _OVERWRITTEN.format(names="", values="")
    kept: dict[str, tuple[str, str]] = {}
    if plan.mode != Mode.NEW:
        for name in TEXTS:
            touched = f"c.{name} = ''" if plan.mode == Mode.FILL else f"c.{name} <> s.{name}"
            kept[name] = (f"s.{name} <> '' AND {touched}", f"s.{name}")
        kept["attributes"] = ("s.attributes <> '{}'", "s.attributes")
    elif plan.tags:
        kept["attributes"] = ("s.attributes ? 'tags'", "jsonb_build_object('tags', s.attributes -> 'tags')")
    if plan.tells_counting:
        for part, name in (("opens", "open_consent"), ("clicks", "click_consent")):
            said = f"s.{part} = 'refused' OR s.{part} <> '' AND c.{name} = 'unknown'"
            kept[name] = (f"c.{name} <> s.{part} AND ({said})", f"s.{part}")
    names = "".join(f", {name}, was_{name}" for name in kept)
    values = "".join(
        f", CASE WHEN {touched} THEN {given} END, CASE WHEN {touched} THEN c.{name} END"
        for name, (touched, given) in kept.items()
    )
    return _OVERWRITTEN.format(names=names, values=values)
