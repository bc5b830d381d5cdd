"""Those of the database of the keys."""
