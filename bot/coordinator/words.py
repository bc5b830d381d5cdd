"""How the dashboard says figures, weeks and names: from the texts of the project, nothing of its own. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from num2words import num2words

from bot.coordinator.figures import Told
from bot.responses import Responses
from bot.scripts.schema import Script

Text = Callable[..., str]


def number(value: int) -> str:
    """A number as it is written in Dutch."""
    return f"{value:,}".replace(",", ".")


def percent(told: Told) -> str:
    """A share in whole per cents."""
    return f"{round(told.share * 100)}%"


class Words:
    """The texts of these pages, by what they say."""

    def __init__(self, text: Text, responses: Responses, smallest: int) -> None:
        """smallest: the smallest count that is told."""
        self.text = text
        self.least = str(num2words(smallest, lang="nl"))
        self._known = responses

    @property
    def hidden(self) -> str:
        """What is said in the place of a figure that is withheld."""
        return self.text("flows_minder_dan", kleinste=self.least)

    def told(self, told: Told | None) -> str:
        """A sum of runs, and of how many: or that it is withheld."""
        if told is None:
            return self.hidden
        return self._marked("flows_van", told)

    def times(self, told: Told | None) -> str:
        """A sum of times, and of how many."""
        if told is None:
            return self.hidden
        return self._marked("flows_van_keer", told)

    def short(self, told: Told | None) -> str:
        """The same for in a picture: empty where it is withheld, for there stands an open dot."""
        return "" if told is None else self._marked("flows_kort_van", told)

    def _marked(self, key: str, told: Told) -> str:
        """A sum in words, with a mark when it is not of all that was looked at."""
        said = self.text(key, aantal=number(told.count), geheel=number(told.of), deel=percent(told))
        return self.text("flows_deels", cijfer=said) if told.partial else said

    def weeks(self, first: dt.date, last: dt.date) -> str:
        """Some weeks, as numbers of weeks in their year. first and last: Mondays."""
        begin, until = first.isocalendar(), last.isocalendar()
        if first == last:
            return self.text("flows_week", week=begin.week, jaar=begin.year)
        if begin.year == until.year:
            return self.text("flows_weken", week=begin.week, tot=until.week, jaar=until.year)
        return self.text("flows_weken_jaren", week=begin.week, jaar=begin.year, tot=until.week, totjaar=until.year)

    def week_short(self, day: dt.date) -> str:
        """A week as it stands under a picture."""
        return self.text("flows_week_kort", week=day.isocalendar().week)

    def month(self, year: int, month: int) -> str:
        """A month and its year."""
        return f"{self.text('flows_maanden').split()[month - 1]} {year}"

    def named(self, group: str, key: str) -> str:
        """The name of something that a talk counts, such as an act or a cue; its key where it has none."""
        wanted = f"coord_flows_{group}_{key.replace('-', '_')}"
        return self._known.text(wanted) if wanted in self._known else key

    def heading(self, name: str) -> str:
        """The heading of a column."""
        return self.named("kolom", name)


def step_name(script: Script | None, step: str) -> str:
    """What a step is called; its id where the script does not have it (any more)."""
    try:
        found = script.step(step) if script else None
    except (KeyError, StopIteration):
        found = None
    return (found.heading if found else None) or step
