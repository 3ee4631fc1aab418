"""What people who work here say of one person: values changed by hand, and notes."""
