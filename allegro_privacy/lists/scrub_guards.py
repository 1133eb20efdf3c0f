"""Guards on a scrubbed list: distrust the one that found nobody, that took too many, that lacks a column."""

from collections.abc import Sequence

from allegro_privacy.core.person import Channel
from allegro_privacy.lists.guards import ExportRefusedError

# Suppressions are a few per cent of any list. When more would go, the wrong column was read, or the wrong list.
MOST_SHARE = 0.20
NO_MATCH, MANY, MISSING, STALE = "--allow-no-match", "--allow-many", "--allow-missing-column", "--allow-stale"


def nothing_matched(rows: int, hits: int, standing: int) -> ExportRefusedError | None:
    """A list in which nobody is known is more likely read wrongly than clean."""
    if hits or not rows:
        return None
    known = "Nobody is suppressed on its channels." if not standing else f"{standing:,} suppressions were compared."
    why = f"Of {rows:,} rows none was anybody's who asked. {known} Perhaps another column holds the addresses."
    return ExportRefusedError("Nothing on the list matched.", why, NO_MATCH)


def too_many(rows: int, gone: int) -> ExportRefusedError | None:
    """So many do not opt out."""
    if not rows or gone <= rows * MOST_SHARE:
        return None
    why = f"{gone:,} of {rows:,} rows ({gone / rows:.0%}) would go; the limit is {MOST_SHARE:.0%}."
    return ExportRefusedError("Too much of the list would go.", why, MANY)


def missing_column(wanted: Sequence[Channel], found: Sequence[Channel]) -> ExportRefusedError | None:
    """A channel that was asked for cannot be matched without its column."""
    missing = [channel for channel in wanted if channel not in found]
    if not missing:
        return None
    words = {Channel.EMAIL: "e-mail addresses", Channel.POST: "postal addresses", Channel.PHONE: "phone numbers"}
    what = f"The list has no column of {' or '.join(words[channel] for channel in missing)}."
    first = "Name it: --column ROLE=COLUMN (email, line1, zip, phone …)"
    return ExportRefusedError(what, "Those who asked on that channel would stay on it.", MISSING, first)
