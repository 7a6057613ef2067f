"""Runs exported weights incrementally, without torch."""
