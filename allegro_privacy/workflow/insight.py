"""The questions that staff, owners and auditors ask of what was recorded. Nothing here writes."""

from datetime import datetime, timedelta
from pathlib import Path

from allegro_privacy.config import Settings
from allegro_privacy.store import views
from allegro_privacy.store.database import Database, open_database
from allegro_privacy.store.rows import Case, Findings, Head, Holding, Problem, Status, Timeline
from allegro_privacy.workflow import proof, proof_pack

# So long `status` names flagged clicks: until then the customers notice that no mail comes, or do not mind.
FLAGGED_FOR = timedelta(days=30)


def opened(settings: Settings, read_only: bool = True) -> Database:
    """The database of the settings, open; use it in `with`."""
    return open_database(settings.database, read_only=read_only)


def status(database: Database) -> Status:
    """Where things stand."""
    return views.status(database)


def holdings(database: Database) -> tuple[Holding, ...]:
    """Who holds which list."""
    return views.holdings(database)


def flagged_clicks(database: Database, now: datetime) -> dict[str, int]:
    """Clicks imported lately that look like a link scanner's, by domain; their customers may not know of them."""
    return views.flagged_clicks(database, now - FLAGGED_FOR)


def find(database: Database, who: str, limit: int = 50) -> Findings:
    """Everything known about one person or address."""
    return views.find(database, who, limit)


def why(database: Database, who: str, as_of: datetime | None = None) -> Timeline:
    """The events that explain how a person stands, or stood at a moment."""
    return views.timeline(database, who, as_of)


def cases_in(database: Database, told: Timeline) -> tuple[Case, ...]:
    """The cases of which a timeline tells."""
    return views.cases_among(database, [entry.number for entry in told.entries if entry.kind.startswith("case-")])


def verify(database: Database, manifest: Path | None = None, allowed_signers: Path | None = None) -> list[Problem]:
    """Everything that is wrong with the ledger, its tables, or its agreement with a manifest kept elsewhere.
    allowed_signers: by which file the signature of a list's manifest must hold."""
    if manifest is None:
        return views.verify(database)
    if manifest.is_dir():
        return [*views.verify(database), *proof_pack.problems(database, manifest)]
    document = proof.read(manifest)
    altered = proof.disagreements(database, manifest, document, allowed_signers)
    return [*views.verify(database, proof.head_in(document)), *altered]


def head(database: Database) -> Head:
    """The last event's number and hash."""
    return views.ledger_head(database)
