"""How often the program was wrong, of what a person checked."""

from collections import Counter
from math import sqrt

from allegro_privacy.core.decision import Verdict
from allegro_privacy.core.facts import Facts, Figure, Row, most_first

_CHECKED = {Verdict.ACCEPT: "accepted", Verdict.IGNORE: "ignored"}


def decisions_checked(facts: Facts) -> Figure:
    """How many of the program's own decisions a person checked, by decision and by person."""
    counts = Counter(f"{_CHECKED[verdict]}, by {actor}" for verdict, actor, _ in facts.checks)
    return Figure("decisions-checked", "Automatic decisions checked by people", "decisions", most_first(counts))


def error_rate(facts: Facts) -> Figure:
    """How often those were wrong, apart for what was accepted and what was ignored: the sample takes as many of each.
    Few checks prove little, so the upper end of the 95 % interval (Wilson 1927) stands beside each."""
    rows: list[Row] = []
    told = []
    for verdict, said in _CHECKED.items():
        found = [wrong for each, _, wrong in facts.checks if each is verdict]
        told.append(f"{said} n = {len(found)}")
        if found:
            rows.append(Row(f"{said} wrongly", round(100 * sum(found) / len(found), 1)))
            rows.append(Row(f"{said} wrongly, at most", round(100 * _upper_end(sum(found), len(found)), 1)))
    return Figure("error-rate", f"Measured error rate ({', '.join(told)})", "percent", tuple(rows))


def _upper_end(wrong: int, checked: int) -> float:
    share, z = wrong / checked, 1.959964
    middle = share + z * z / (2 * checked)
    spread = z * sqrt((share * (1 - share) + z * z / (4 * checked)) / checked)
    return (middle + spread) / (1 + z * z / checked)
