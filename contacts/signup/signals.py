"""A sign-up needs a mail, which contacts cannot send: whoever writes mails listens here."""

from django.dispatch import Signal

# With `request` (SignupRequest) and `kind` (SignupLetter.Kind), inside the transaction that makes the request: the
# receiver writes the mail into the ledger in that same transaction and returns the message's number, or None.
mail_wanted = Signal()
