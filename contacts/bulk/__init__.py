"""One change to many people: begun with a set of people that is frozen, worked off in slices, taken back by Undo."""
