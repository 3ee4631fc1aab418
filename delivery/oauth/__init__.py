"""Signing in at Google and Microsoft by tokens (OAuth 2, XOAUTH2), where passwords end."""
