"""The coordinator's pages: what they show, to whom, and that they cannot tell who said what."""
