"""One turn of a talk: a pure function from state and message to state and replies."""
