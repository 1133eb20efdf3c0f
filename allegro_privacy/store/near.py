"""Words that were nearly typed: found by walking through the sorted index, never by reading it all.

A sorted index answers "the first word from here on". The walk asks that, sees at which letter the answer stops being
near the word that is sought, and asks on from the next spelling that can still be near. So it reads some hundred words
of a million, exactly those around the sought one, whichever letter was misspelt.
"""

from collections.abc import Callable, Iterator

from allegro_privacy.store.words import without_accents

# A word of a crowded neighbourhood reads fewer; whatever the list holds, no question reads more.
MOST_READ = 20_000
MOST_EMAILS = 20
LAST_SIGN = "\U0010ffff"
Row = list[int]


def slips_allowed(word: str) -> int:
    """How many slips a misspelt word may hold: one from four letters on, two from seven on. A word with a digit must be
    right: 1450 and 1540 are two houses."""
    if not word.isalpha() or len(word) < 4:
        return 0
    return 1 if len(word) < 7 else 2


def near_words(first_from: Callable[[str], str | None], word: str, most: int) -> dict[str, int]:
    """The indexed words within `most` slips of a word, each with its number of slips: a letter more, less or exchanged,
    or two neighbours swapped. `first_from` gives the first indexed word that is not before a text, None at the end."""
    found: dict[str, int] = {}
    walk = _Walk(word, most)
    start: str | None = ""
    for _ in range(MOST_READ):
        read = first_from(start) if start is not None else None
        if read is None:
            break
        start = walk.step(read, found)
    return found


def near_emails(first_from: Callable[[str], str | None], email: str) -> tuple[str, ...]:
    """The indexed e-mail addresses that a slip turns into this one, in its name or in its domain: the name must be long
    enough to be misspelt, or be right."""
    from rapidfuzz.distance import OSA

    local, _, domain = without_accents(email.strip().strip("<>").casefold()).partition("@")
    most, found = 1 if len(local) < 7 else 2, dict[str, int]()
    # The slip is in the domain, near the end of the name, or anywhere behind its first two letters: of a long list the
    # last are not all read.
    for start in dict.fromkeys((f"{local}@", local[: max(2, len(local) - 3)], local[:2])):
        word, read = first_from(start), 0
        while word is not None and word.startswith(start) and read < MOST_READ:
            read += 1
            name, _, place = word.partition("@")
            slips = OSA.distance(name, local) + OSA.distance(place, domain)
            if place and slips <= (2 if name == local else most) and min(len(name), len(local)) > 3:
                found[word] = slips
            word = first_from(word + "\0")
    return tuple(sorted(found, key=lambda one: (found[one], one))[:MOST_EMAILS])


class _Walk:
    """Where the walk stands: the letters that it went down, and for each a row of the table of slips (optimal string
    alignment): how many turn these letters into the first 0, 1, 2 … letters of the sought word."""

    def __init__(self, word: str, most: int) -> None:
        self.word, self.most = word, most
        self.letters = ""
        self.rows: list[Row] = [list(range(len(word) + 1))]

    def step(self, read: str, found: dict[str, int]) -> str | None:
        """Judge one indexed word; returns from where to read on, None when nothing more can be near."""
        kept = _common(self.letters, read)
        self.letters, self.rows = self.letters[:kept], self.rows[: kept + 1]
        for letter in read[kept:]:
            row = self._row(letter)
            if not self._can_be_near(letter, row):
                return self._onward(letter)
            self.letters += letter
            self.rows.append(row)
        if self.rows[-1][-1] <= self.most:
            found[read] = self.rows[-1][-1]
        return read + "\0"

    def _row(self, letter: str) -> Row:
        """The row that this letter, below the present ones, adds."""
        above, word = self.rows[-1], self.word
        before, last = (self.rows[-2], self.letters[-1]) if len(self.rows) > 1 else (above, "")
        row = [above[0] + 1]
        for j, sought in enumerate(word, 1):
            slips = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (sought != letter))
            if j > 1 and last and sought == last and word[j - 2] == letter:
                slips = min(slips, before[j - 2] + 1)
            row.append(slips)
        return row

    def _can_be_near(self, letter: str, row: Row) -> bool:
        # A swap looks back two rows, so the row above may still lead on where this one does not.
        return letter.isalpha() and (min(row) <= self.most or min(self.rows[-1]) < self.most)

    def _onward(self, letter: str) -> str | None:
        """The first text behind these letters and `letter` with which a near word can begin."""
        while True:
            for following in self._following(letter):
                return self.letters + following
            if not self.letters:
                return None
            letter = self.letters[-1]
            self.letters = self.letters[:-1]
            self.rows.pop()

    def _following(self, letter: str) -> Iterator[str]:
        """The next letters worth a try: any when any may stand here, else only those of the sought word."""
        if self._can_be_near("a", self._row("\0")):
            yield _successor(letter)
        for other in sorted(set(self.word)):
            if other > letter and self._can_be_near(other, self._row(other)):
                yield other


def _successor(letter: str) -> str:
    """The next sign that may be a letter: none stands before the a, and surrogates are no text."""
    if "\ud7ff" <= letter < "\ue000":
        return "\ue000"
    return chr(min(max(ord(letter) + 1, ord("a")), ord(LAST_SIGN)))


def _common(one: str, other: str) -> int:
    """How many first letters two words share."""
    shared = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        shared += 1
    return shared
