"""The steps by which the tables came to be what they are, one folder for each of the two databases."""
