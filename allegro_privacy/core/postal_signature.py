"""Signatures: which addresses of a letter are the employer's, not the customer's."""

import re

from allegro_privacy.core.names_words import is_organisation
from allegro_privacy.core.postal_tables import fold_word, tables

_MARK = re.compile(r"^--[ ]?$", re.MULTILINE)
_MOST_LINES = 8
_LONGEST_POST = 60
# What somebody is at work: a line of its own in a signature.
_POST = re.compile(
    r"(?i)\b(?:manager|director|president|vice[ -]president|vp|ceo|cfo|coo|owner|engineer|assistant|coordinator|"
    r"analyst|representative|administrator|specialist|officer|attorney|consultant|supervisor|realtor|broker|agent|partner|"
    r"gerente|directora?|presidente|due[ñn][oa]|ingenier[oa]|asistente|coordinadora?|analista|representante|"
    r"administradora?|especialista|abogad[oa]|consultora?|supervisora?|encargad[oa]|jefe|jefa)\b"
)


def customers_spans(spans: list[tuple[int, int]], clean: str) -> list[tuple[int, int]]:
    """The spans of addresses that are the customer's. One below a signature line, below a closing and a company's name,
    or below a post and a company's name, is the employer's when another stands above."""
    mark = _MARK.search(clean)
    if mark and any(end <= mark.start() for _, end in spans):
        return [span for span in spans if span[0] < mark.end()]
    kept = spans[:1]
    for span in spans[1:]:
        if not _signed_by_company(clean[max(end for _, end in kept) : span[0]]):
            kept.append(span)
    return kept


def _signed_by_company(between: str) -> bool:
    """Does a closing stand here, and behind it the lines of someone who writes from work?"""
    lines = [line.strip() for line in between.split("\n")]
    closing = next((i for i, line in enumerate(lines) if _closes(line)), None)
    block = [line for line in lines[0 if closing is None else closing + 1 :] if line]
    if closing is None and not any(_POST.search(line) and len(line) < _LONGEST_POST for line in block[1:]):
        return False
    return 1 < len(block) < _MOST_LINES and any(_is_company(line) for line in block[1:])


def _is_company(line: str) -> bool:
    return is_organisation(line) or fold_word(line.rsplit(" ", 1)[-1].strip(".,")) in tables().companies


def _closes(line: str) -> bool:
    words = [fold_word(word) for word in re.findall(r"\w+", line)]
    return 0 < len(words) < 5 and not tables().closings.isdisjoint(words)
