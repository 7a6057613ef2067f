"""HTTP in, SSE out; knows no provider by name."""
