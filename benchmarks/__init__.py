"""What an answer costs, beside what cannot be avoided: `python -m benchmarks`."""
