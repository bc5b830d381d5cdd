"""Every promise of the privacy statement, held to its word."""
