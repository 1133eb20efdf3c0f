"""The customer number or key code that people copy from a mailing label: it finds their row where a name would not."""

import re

_LABELLED = re.compile(
    r"\b(?:customer|cust|client|account|acct|member|key\s?code|source\s?code|priority\s?code|mail(?:ing)?\s?code"
    r"|catalog(?:ue)?\s?code"
    r"|(?:n[uú]mero|n[uú]m|no|c[oó]digo|cuenta)\.?\s(?:de\s)?(?:cliente|cuenta|cat[aá]logo|fuente)|cliente)\b"
    r"[ \t]{0,2}(?:(?:number|numbers|no\b\.?|num\b\.?|id|code|n[uú]mero)[ \t]{0,2})?"
    r"(?:is |es |above my name |on the label )?[ \t]?[#:=]?[ \t]{0,2}#?[ \t]?"
    r"(?=[A-Z-]{0,6}\d)([A-Z0-9][A-Z0-9-]{2,19})\b",
    re.IGNORECASE,
)
_LONGEST = 20_000


def customer_number(text: str) -> str | None:
    """The number that stands behind such a label; None when there is none, or when there are two."""
    found = {match[1].upper() for match in _LABELLED.finditer(text[:_LONGEST])}
    return found.pop() if len(found) == 1 else None
