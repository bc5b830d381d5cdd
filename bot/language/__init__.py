"""What is read in a message: danger, act, topic."""
