"""Pure functions on sound and text."""
