"""What colleagues say about a campaign or one of its blocks: never part of the mail, a copy or an export."""
