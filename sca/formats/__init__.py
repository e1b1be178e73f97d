"""Bytes to values and back, one module per format."""
