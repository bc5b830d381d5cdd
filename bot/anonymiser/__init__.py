"""Finds what could identify someone in a Dutch text, and puts kinds (``[naam]``) in its place.

:mod:`bot.anonymiser.light` has rules of our own and no model: it starts at once and reads a message in milliseconds.
:mod:`bot.anonymiser.full` adds ``deduce`` and spaCy's names, and is for a process of its own.
"""
