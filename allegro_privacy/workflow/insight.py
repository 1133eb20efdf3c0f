"""The questions that staff, owners and auditors ask of what was recorded. Nothing here writes."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allegro_privacy.config import Settings
from allegro_privacy.errors import UsageError
from allegro_privacy.store import views
from allegro_privacy.store.database import Database, open_database
from allegro_privacy.store.rows import Findings, Head, Problem, Status, Timeline

if TYPE_CHECKING:
    from allegro_privacy.core.figures import Figures


def opened(settings: Settings, read_only: bool = True) -> Database:
    """The database of the settings, open; use it in `with`."""
    return open_database(settings.database, read_only=read_only)


def status(database: Database) -> Status:
    """Where things stand."""
    return views.status(database)


def find(database: Database, who: str, limit: int = 50) -> Findings:
    """Everything known about one person or address."""
    return views.find(database, who, limit)


def why(database: Database, who: str, as_of: datetime | None = None) -> Timeline:
    """The events that explain how a person stands, or stood at a moment."""
    return views.timeline(database, who, as_of)


def report(database: Database, start: datetime, end: datetime) -> "tuple[Figures, Head]":
    """Every figure of a period, and the ledger head that the figures were read at."""
    from allegro_privacy.core import figures  # only a report needs it

    # The store's facts have the shape of core.figures.Facts, attribute by attribute.
    facts: Any = views.facts(database, start, end)
    return figures.figures(facts), views.ledger_head(database)


def verify(database: Database, manifest: Path | None = None) -> list[Problem]:
    """Everything that is wrong with the ledger, its tables, or its agreement with a manifest kept elsewhere."""
    return views.verify(database, head_of(manifest) if manifest else None)


def head_of(manifest: Path) -> Head:
    """The ledger head that a manifest or a report carries."""
    try:
        head = json.loads(manifest.read_bytes())["ledger"]
        return Head(number=int(head["number"]), hash=str(head["hash"]))
    except OSError as error:
        raise UsageError(f"The manifest {manifest} cannot be read.", f"{error.strerror}.", "Check the path.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            what=f"{manifest} is not a manifest.",
            why="It holds no ledger head (ledger.number and ledger.hash).",
            fix="Give the .manifest.json file that lies beside an exported list.",
        ) from error


def head(database: Database) -> Head:
    """The last event's number and hash."""
    return views.ledger_head(database)
