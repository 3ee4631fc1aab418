"""What a mail program or a filter may dislike about a kept mail. Hostile text; nothing here raises."""
