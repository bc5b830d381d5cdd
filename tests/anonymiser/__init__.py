"""The anonymiser."""
