"""What delivery keeps of people, and how it is taken off when somebody is erased."""
