"""Ears for the cascade."""
