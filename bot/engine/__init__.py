"""Rasa, reached through one input channel of our own."""
