"""The words every layer shares. Imports nothing of Asha."""
