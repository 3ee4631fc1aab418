"""Pictures in mails: `library` takes them in, changes and removes them; `serving` hands them out.

`uses` knows where a picture is shown. How one is drawn and kept: accounts.pictures.
"""
