"""The program asha."""
