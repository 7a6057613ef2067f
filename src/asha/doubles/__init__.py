"""Vendors' wire protocols, spoken locally; only tests and benchmarks import them."""
