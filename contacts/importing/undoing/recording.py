"""What a slice of an import changes, noted by the statement that changes it: see running.merging."""

from contacts.importing.plan import Mode, Plan, Status

TEXTS = ("first_name", "last_name", "language", "time_zone")

# A slice's row has its id before, so that the rows of people can name it; beside it, where new people get theirs.
NEXT_SLICE = """SELECT nextval(pg_get_serial_sequence('contacts_importslice', 'id')),
    pg_get_serial_sequence('contacts_contact', 'id')"""

_OVERWRITTEN = """, overwritten AS (
    INSERT INTO contacts_importoverwritten (slice_id, contact_id, was_sample, was_updated_at{names})
    SELECT %(slice)s::bigint, s.contact_id, s.was_sample, s.was_updated_at{values} FROM slice s WHERE s.is_changed
)"""
_TRACE = f""", graver AS (
    INSERT INTO contacts_importgraver (slice_id, suppression_id, reason, was_reason, was_detail)
    SELECT %(slice)s::bigint, p.id, suppressed.reason, p.reason, p.detail
    FROM suppressed JOIN contacts_suppression p ON p.email = suppressed.email WHERE NOT suppressed.is_new
), trace AS (
    INSERT INTO contacts_importslice (id, job_id, at, mode, lists, added, found, joined,
        "left", left_state, left_changed_at, suppressed, also_suppressed)
    SELECT %(slice)s::bigint, %(job)s, now(), %(mode)s,
        %(lists)s::bigint[] || array_remove(%(found_lists)s::bigint[], NULL),
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


def before(plan: Plan) -> str:
    """SQL for what `slice` reads of a known contact `c`, so that the record of it needs no second look."""
    names = "".join(f", c.{name} AS was_{name}" for name in _kept(plan))
    return f", c.is_sample AS was_sample, c.updated_at AS was_updated_at{names}"


def renamed(plan: Plan) -> str:
    """SQL: whether the row `s` of `slice` gives the known contact another name."""
    kept = _kept(plan)
    touched = [f"({kept[name][0]})" for name in ("first_name", "last_name") if name in kept]
    return f"(s.is_changed AND ({' OR '.join(touched) or 'false'}))"


def trace(plan: Plan) -> str:
    """SQL to go before the last part of the statement that merges a slice."""
    kept = _kept(plan)
    names = "".join(f", {name}, was_{name}" for name in kept)
    values = "".join(
        f", CASE WHEN {touched} THEN {given} END, CASE WHEN {touched} THEN s.was_{name} END"
        for name, (touched, given) in kept.items()
    )
    return _OVERWRITTEN.format(names=names, values=values) + _TRACE


def _kept(plan: Plan) -> dict[str, tuple[str, str]]:
    """By column: when the row `s` changes it, and what the row gives. Else only who was a sample is changed at all."""
    kept: dict[str, tuple[str, str]] = {}
    if plan.mode != Mode.NEW:
        for name in TEXTS:
            touched = f"s.was_{name} = ''" if plan.mode == Mode.FILL else f"s.was_{name} <> s.{name}"
            kept[name] = (f"s.{name} <> '' AND {touched}", f"s.{name}")
        kept["attributes"] = ("s.attributes <> '{}'", "s.attributes")
    elif plan.tags:
        kept["attributes"] = ("s.attributes ? 'tags'", "jsonb_build_object('tags', s.attributes -> 'tags')")
    if plan.tells_counting:
        for part, name in (("opens", "open_consent"), ("clicks", "click_consent")):
            said = f"s.{part} = 'refused' OR s.{part} <> '' AND s.was_{name} = 'unknown'"
            kept[name] = (f"s.was_{name} <> s.{part} AND ({said})", f"s.{part}")
    return kept
