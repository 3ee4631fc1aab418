"""Engagement by month of sign-up."""
