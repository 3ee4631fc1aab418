"""Pages of the sandbox: its mailboxes, their mails, and how it answers."""
