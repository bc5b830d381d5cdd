"""The custom actions of Rasa: thin, each calls a plain function of ``bot``."""
