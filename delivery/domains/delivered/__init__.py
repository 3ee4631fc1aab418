"""One mail to a mailbox of the admin's, and what that mailbox said of it: the DNS may be right and the mail fail."""
