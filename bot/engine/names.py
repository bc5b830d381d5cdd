"""Names that the engine shares with the processes around it; free of Rasa, which takes seconds to import."""

SECRET_HEADER = "x-pas-secret"
CHANNEL = "door"
PID_FILE = "engine.pid"
# What the engine answers while it cannot take a turn, so that another may.
LOADING = "loading"
