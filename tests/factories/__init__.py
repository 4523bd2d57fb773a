"""Rows for tests, a module per app."""
