"""People found by rules: a tree of rows becomes one predicate with parameters."""
