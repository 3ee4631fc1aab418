"""From somebody else's export to contacts: detect, map, check, run. Nothing is lost, nobody is subscribed again."""
