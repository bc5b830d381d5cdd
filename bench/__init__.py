"""Measurements: each prints a ratio within one run."""
