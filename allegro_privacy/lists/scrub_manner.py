"""How the outputs of a scrub are written."""

from dataclasses import dataclass

from allegro_privacy.lists.scrub_write import Since


@dataclass(frozen=True, slots=True)
class Manner:
    """How the outputs are written. keep_looks: rows to look at stay in the kept file too.  flag: a column is added
    instead of taking rows out."""

    since: Since
    keep_looks: bool = False
    flag: bool = False

    @property
    def main(self) -> str:
        return "flagged" if self.flag else "kept"
