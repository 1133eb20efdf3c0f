"""What the endpoint asks of the rest: what a form says, and whether all is well."""

from contextlib import closing
from dataclasses import dataclass

from allegro_privacy.core.clicked import Wish
from allegro_privacy.errors import PrivacyError
from allegro_privacy.sources import oneclick
from allegro_privacy.store.database import open_database
from allegro_privacy.workflow import link_spool
from allegro_privacy.workflow.clicks import Recorder

LONGEST_BODY = oneclick.LONGEST_BODY


@dataclass(frozen=True, slots=True)
class Health:
    """database: can it be read.  kept: how many wishes wait in the spool.  well: is nothing lost."""

    well: bool
    database: bool
    kept: int


def wish_in_form(content_type: str, body: bytes) -> tuple[Wish, bool, dict[str, str]] | None:
    """What is asked, whether a mail program asks it, and the fields; None when nothing is asked."""
    fields = oneclick.fields_of(content_type, body)
    wish = oneclick.wish_in(fields)
    return None if wish is None else (*wish, fields)


def health(recorder: Recorder) -> Health:
    """Whether wishes can be recorded, or at least kept."""
    kept = link_spool.how_many(recorder.spool)
    try:
        with closing(open_database(recorder.settings.database, read_only=True)):
            return Health(True, True, kept)
    except PrivacyError:
        return Health(link_spool.can_keep(recorder.spool), False, kept)
