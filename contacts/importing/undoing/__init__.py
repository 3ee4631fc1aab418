"""An import taken back: what it changed is recorded while it runs, and restored where nothing changed since."""
