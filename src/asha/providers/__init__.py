"""The replaceable parts: what listens, thinks and speaks."""
