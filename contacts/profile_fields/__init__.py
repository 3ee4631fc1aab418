"""The fields that an installation gives its contacts: made, ordered, used, changed and counted."""
