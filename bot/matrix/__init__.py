"""The messenger channel: a Matrix client that is a client of the door, in a process of its own."""
