"""What a measurement found, and whether that is good enough."""

import math
import statistics


class Figures:
    """The figures of one measurement: printed as a table, and kept for JSON."""

    def __init__(self, title):
        self.title = title
        self.rows = []
        self.details = {}

    def add(self, label, value, unit="", goal=None, note=""):
        """Keeps a figure. With a goal, it has to be at most that; a goal of 0 is met by 0 only."""
        is_met = None if goal is None else value <= goal
        self.rows.append({"label": label, "value": value, "unit": unit, "goal": goal, "isMet": is_met, "note": note})

    def add_times(self, label, seconds, goal=None):
        """Keeps the median of several times, which the goal is for, and shows the longest beside it."""
        self.add(label, statistics.median(seconds), "s", goal, f"longest {max(seconds):.2f} of {len(seconds)}")

    @property
    def missed(self):
        return [row for row in self.rows if row["isMet"] is False]

    def print(self):
        print(f"\n{self.title}")
        for row in self.rows:
            goal = "" if row["goal"] is None else f"{'ok  ' if row['isMet'] else 'MISSED'} goal {row['goal']} {row['unit']}".rstrip()
            print(f"  {row['label']:<58}{shown(row['value']):>10} {row['unit']:<4} {row['note']:<24} {goal}".rstrip(), flush=True)

    def as_json(self):
        return {"figures": self.rows, "details": self.details, "isGood": not self.missed}


def shown(value):
    if isinstance(value, float):
        return f"{value:.2f}" if value < 100 else f"{value:.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def percentile(values, share):
    """The smallest value that `share` of all are not above."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def listed(counts):
    """How many of each kind there were, for people."""
    return ", ".join(f"{number} {kind}" for kind, number in counts.items() if number)
