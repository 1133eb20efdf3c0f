"""The engines by name: one row each, imported when it is used."""

from importlib.util import find_spec

from allegro_privacy.errors import UsageError
from allegro_privacy.lists.scrub import Engine
from allegro_privacy.lists.scrub_reference import Reference

AUTO = "auto"
ENGINES = ("reference", "block")


def engine_named(name: str) -> Engine:
    """The engine of that name; the fastest that is installed for "auto"."""
    if name not in (AUTO, *ENGINES):
        raise UsageError(f"--engine {name} is not known.", "", f"Use one of {', '.join((AUTO, *ENGINES))}.")
    installed = find_spec("numpy") is not None
    if name == "reference" or (name == AUTO and not installed):
        return Reference()
    if not installed:
        raise UsageError(
            "--engine block cannot be used here.",
            "The library for it is not installed.",
            "pip install 'allegro-privacy[fast]', or use --engine reference.",
        )
    from allegro_privacy.lists.scrub_block import Block

    return Block()
