"""Reports over several campaigns."""
