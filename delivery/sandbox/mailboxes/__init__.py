"""The sandbox's mailboxes: one for our own rehearsals, others for whoever logs in."""
