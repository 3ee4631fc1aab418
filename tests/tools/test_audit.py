import tomllib

from tools import audit


def test_version_that_is_known_to_be_broken_is_named_with_its_reason() -> None:
    (line,) = audit.too_old({"django": {"5.2.7"}, "pillow": {"11.3.0"}}, "python")
    assert line.startswith("django 5.2.7 is older than 5.2.9: CVE-2025-13372")


def test_lock_files_name_nothing_that_is_known_to_be_broken() -> None:
    assert [*audit.too_old(audit.python_versions(), "python"), *audit.too_old(audit.node_versions(), "node")] == []


def test_what_is_listed_is_still_used() -> None:
    """Otherwise nobody compares it with anything."""
    minimum = tomllib.loads((audit.ROOT / "tools/minimum_versions.toml").read_text())
    assert set(minimum["python"]) <= set(audit.python_versions())
    assert set(minimum["node"]) <= set(audit.node_versions())


def test_every_direct_dependency_was_looked_at() -> None:
    minimum = tomllib.loads((audit.ROOT / "tools/minimum_versions.toml").read_text())
    for language, direct in (("python", audit.direct_python()), ("node", audit.direct_node())):
        others = {*minimum["nothing_known"][language], *minimum["accepted"].get(language, ())}
        assert set(direct) - set(minimum[language]) <= others, language
