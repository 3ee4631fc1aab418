"""The weekly summary by mail."""
