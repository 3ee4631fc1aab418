"""A real provider in rehearsal: what is addressed to it goes to the sandbox."""
