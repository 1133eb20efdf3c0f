"""What the readers return about rights requests."""

from dataclasses import dataclass
from datetime import datetime

from allegro_privacy.core.cases import State, Step
from allegro_privacy.core.lanes import Lane
from allegro_privacy.core.reading import Request


@dataclass(frozen=True, slots=True)
class CaseStep:
    """Something that happened to a case. `note`: staff's words, "" once erased; `reason`: why it was denied; `message`:
    the id of what joined it; `lane`: where what joined it showed that more care is needed."""

    event: int
    at: datetime
    actor: str
    step: Step
    state: State | None
    reason: str
    note: str
    message: str | None
    lane: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A privacy-rights request with clocks; `request` is None once erased. `steps` is what happened since, in order."""

    id: str
    event: int
    kind: str
    message: str
    received: datetime
    opened: datetime
    request: Request | None
    erased: bool
    lane: Lane = Lane.CUSTOMER
    state: State = State.OPEN
    steps: tuple[CaseStep, ...] = ()
    via: str = ""
    message_event: int = 0
    opened_by: str = ""

    @property
    def asked(self) -> int:
        """How often the person asked for it while it was open."""
        return 1 + self.took(Step.JOINED)

    def took(self, step: Step) -> int:
        """How often that step was taken."""
        return sum(one.step is step for one in self.steps)

    @property
    def closed(self) -> CaseStep | None:
        """The step that closed it; None while it is open."""
        if not self.state.closed:
            return None
        return next((one for one in reversed(self.steps) if one.step is Step.CLOSED), None)

    @property
    def kept(self) -> bool:
        """Did staff say, since it was closed, why what was recorded is not erased?"""
        closed = self.closed
        return closed is not None and any(one.step is Step.KEPT and one.event > closed.event for one in self.steps)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The message in which a request is taken back. question: the open review about it, None when there is none."""

    message: int
    received: datetime
    question: str | None


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """An open review as the clocks need it. `kinds`: what was read in it; none: it may be anything."""

    of: str
    received: datetime
    lane: Lane
    kinds: frozenset[str]
