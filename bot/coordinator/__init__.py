"""The coordinator's dashboard: a process of its own that sees how talks go, and never who."""
