"""For those who write scripts: the skeleton of a new one, and a script as a page in the browser."""

from pathlib import Path

HERE = Path(__file__).parent
# What the keys of the texts of the page and of these commands begin with.
PREFIX = "schrijven_"
