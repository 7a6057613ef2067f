"""The audio LLM in torch: reads, runs, trains and writes Ultravox-format checkpoints."""
