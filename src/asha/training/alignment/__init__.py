"""Training of Ultravox-format models: a language model learns to hear what it can read."""
