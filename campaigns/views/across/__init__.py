"""Pages under Reports."""
