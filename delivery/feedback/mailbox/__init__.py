"""Returned mail out of a mailbox, by IMAP or POP3: only reports about mails of ours are taken, nothing is deleted."""
