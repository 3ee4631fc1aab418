"""PostgreSQL as the product uses it, but for how a test's rows are taken away again."""
