"""Rasa as it comes, to measure against: its default pipeline and policies, SQL tracker store, forms and HTTP actions."""
