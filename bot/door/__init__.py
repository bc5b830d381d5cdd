"""The way in: the only thing the outside can reach."""
