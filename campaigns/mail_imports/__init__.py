"""Mails brought along from elsewhere become drafts: pasted HTML or MJML, a file, a ZIP with pictures, a web address.

`reading` says what came; `archives` and `fetching` open what it came in; `mjml_source` checks and compiles MJML;
`addresses` finds links and pictures in HTML; `drafting` makes the draft; `remote` copies pictures of other servers.
"""
