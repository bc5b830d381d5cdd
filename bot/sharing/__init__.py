"""What several doors share, in Redis where there is one: how often is too often, and whose turn it is."""
