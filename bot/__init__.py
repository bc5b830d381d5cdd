"""Pas op de plaats: a Dutch-language chatbot that leads doctors through self-reflection."""
