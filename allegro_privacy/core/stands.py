"""How a suppression or a case stands: the one wording that every command uses."""

from allegro_privacy.core.cases import EXPIRED, CaseTables, State

IN_FORCE = "in force"


def suppression_stands(lifted: str, later: bool = False) -> str:
    """How a suppression stands. lifted: when, in words, "" when it was not.  later: only after the day asked about."""
    if not lifted:
        return IN_FORCE
    return f"{IN_FORCE} then, lifted {lifted}" if later else f"lifted {lifted}"


def case_stands(rows: CaseTables, state: str, reason: str = "", late: bool = False, erased: bool = False) -> str:
    """How a case stands. reason: why it was denied.  late: its legal last date went by.  erased: its words are gone."""
    named = rows.states.get(state)
    told = named.title if named else state
    told += f": {rows.denials[reason].title}" if state == State.DENIED and reason in rows.denials else ""
    told = f"{rows.states[EXPIRED].title}, {told}" if late else told
    return f"{told} (erased)" if erased else told
