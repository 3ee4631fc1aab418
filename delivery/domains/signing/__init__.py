"""DKIM signatures of our own: keys, made on request, and what a mail is signed with."""
