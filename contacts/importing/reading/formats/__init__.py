"""Files that are no table of text: workbooks, vCards, archives. Each becomes plain tables, in a child under limits."""
