"""Development tools: generated documentation and benchmarks. Not installed."""
