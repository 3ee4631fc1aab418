"""Every answer of a server: `asking` what is wanted, `tries` and `accepted` where they are, `reading` page by page."""
