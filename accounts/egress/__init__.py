"""The one way out to servers that somebody named: judged first, bounded in time and size."""
