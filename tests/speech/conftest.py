"""`pytest tests/speech --hypothesis-profile long` is the long run of the fuzz tests (minutes)."""

from hypothesis import settings

settings.register_profile("long", max_examples=10_000, deadline=None)
