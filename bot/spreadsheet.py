"""What a spreadsheet does with the cells that it is given."""

from __future__ import annotations

# With these a cell begins that it calculates, also in full width.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
