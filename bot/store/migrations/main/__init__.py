"""Those of the main database."""
