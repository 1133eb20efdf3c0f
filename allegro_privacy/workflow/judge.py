"""What judging needs, one message judged, and `classify`, which touches no database."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from allegro_privacy import tables
from allegro_privacy.config import Settings
from allegro_privacy.core.classify import classify
from allegro_privacy.core.decide import Policy, decide
from allegro_privacy.core.decision import Decision, Effect, Receipt, Standing, Verdict
from allegro_privacy.core.kinds import Kind, effects_of, load_kinds
from allegro_privacy.core.link_token import LinkKeys
from allegro_privacy.core.message import Flag, Message, RawMessage
from allegro_privacy.core.reading import Nature, Reading
from allegro_privacy.core.rules import Rules, load_rules
from allegro_privacy.core.shop import Shop
from allegro_privacy.core.text import separate
from allegro_privacy.errors import ConfigError, SourceError
from allegro_privacy.sources import open_source
from allegro_privacy.sources.mime import parse
from allegro_privacy.workflow import link_keys

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judge:
    """The rules, the kinds and the policy in force; what every judgement of a run is made with. links: what the tokens
    of our links are read with (None: there are no links)."""

    rules: Rules
    kinds: Mapping[str, Kind]
    shop: Shop
    policy: Policy
    links: LinkKeys | None = None

    @property
    def effects(self) -> dict[str, Effect]:
        """What each kind of request does."""
        return effects_of(self.kinds)


@dataclass(frozen=True, slots=True)
class Judged:
    """One message, what was found in it and what is done about it."""

    raw: RawMessage
    message: Message
    reading: Reading
    decision: Decision
    receipt: Receipt | None = None
    known: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """One message that could not be read or judged; `again`: it will be tried again."""

    raw: RawMessage
    problem: str
    again: bool = True


Outcome = Judged | Unread


@dataclass(slots=True)
class Tally:
    """Numbers that add up: fetched = accepted + review + ignored + unreadable.

    problems: messages that could not be read, each with its reason.  down: sources that could not be read at all.
    told: what else staff should know.  unfiled: what is recorded, but not yet marked or moved in its mailbox.
    again: messages that the next pull tries again.  undated: accepted or asked, though no server says when they came.
    """

    fetched: int = 0
    accepted: int = 0
    review: int = 0
    ignored: int = 0
    unreadable: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    down: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    unfiled: list[str] = field(default_factory=list)
    again: int = 0
    undated: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one message, once."""
        self.fetched += 1
        match outcome:
            case Unread(raw=raw, problem=problem, again=again):
                self.unreadable += 1
                self.again += again
                self.problems.append(f"{raw.origin.shown}: {problem}")
            case Judged(known=True):
                self.ignored += 1
                self.reasons["already recorded"] += 1
            case Judged(receipt=receipt) if receipt and receipt.copy:
                self.ignored += 1
                self.reasons["copy"] += 1
            case Judged(reading=reading) if reading.nature is Nature.UNREADABLE:
                self.unreadable += 1
            case Judged(decision=decision, message=message, reading=reading, receipt=receipt):
                verdict = receipt.verdict if receipt else decision.verdict
                self._count(verdict, reading)
                self.undated += Flag.NO_RECEIVED in message.flags and verdict is not Verdict.IGNORE

    def _count(self, verdict: Verdict, reading: Reading) -> None:
        match verdict:
            case Verdict.ACCEPT:
                self.accepted += 1
            case Verdict.ASK:
                self.review += 1
            case Verdict.IGNORE:
                self.ignored += 1
                self.reasons["no request" if reading.nature is Nature.PERSONAL else reading.nature.value] += 1

    def counts(self) -> dict[str, int]:
        """The totals as docs/cli.md names them."""
        return {
            "fetched": self.fetched,
            "accepted": self.accepted,
            "review": self.review,
            "ignored": self.ignored,
            "unreadable": self.unreadable,
        }


def appoint(settings: Settings) -> Judge:
    """Load and check the rules, kinds and policy that the settings name."""
    loaded = tables.load(settings.overrides)
    try:
        kinds = load_kinds(loaded.kinds)
        rules = load_rules(loaded.languages, kinds, settings.shop, loaded.markers, loaded.natures, loaded.reader)
        if settings.overrides is not None:
            check_examples(rules)  # ours are checked by our tests; an office's own have nobody else
        policy = Policy(kinds=kinds, version=settings.shop.policy_version)
        return Judge(rules, kinds, settings.shop, policy, link_keys.fetched(settings))
    except (ValueError, KeyError, TypeError) as problem:
        raise ConfigError(
            what="The data tables cannot be used.",
            why=str(problem),
            fix="Correct the file (the folder is [data] overrides of the configuration); then: allegro-privacy doctor",
        ) from problem


def check_examples(rules: Rules) -> None:
    """Every rule must recognise its own examples. Raises ValueError naming those that do not."""
    if problems := list(rules.check_examples()):
        raise ValueError("\n".join(problems))


def effects(settings: Settings) -> dict[str, Effect]:
    """What each kind of request does, without the cost of loading the rules."""
    return effects_of(load_kinds(tables.load(settings.overrides, languages=False).kinds))


def read(judge: Judge, raw: RawMessage) -> tuple[Message, Reading]:
    """One message parsed and classified; pure but for the bytes already fetched."""
    message = parse(raw)
    return message, classify(message, judge.rules, judge.shop, judge.links)


def classify_paths(judge: Judge, paths: Iterable[str], tally: Tally) -> Iterator[Outcome]:
    """Judge files, folders, mboxes or "-" (standard input) without a database. No bad file stops the rest."""
    missing = []
    for path in paths:
        try:
            source = open_source(path)
        except SourceError as error:
            missing.append(error)
            tally.down.append(f"{error.what} {error.why}".strip())
            continue
        for raw in source.fetch(never_known):
            outcome = judge_alone(judge, raw)
            tally.add(outcome)
            yield outcome
    if missing and not tally.fetched:
        raise missing[0]


def own_words(judge: Judge, message: Message) -> str:
    """What the writer wrote themselves; what is kept of a message is kept of this."""
    return separate(message.text, judge.rules.markers, judge.shop.footers, message.subject).own


def never_known(_: object) -> bool:
    """Nothing is known where there is no database."""
    return False


def judge_alone(judge: Judge, raw: RawMessage) -> Outcome:
    """One message judged as if nothing were known yet; whatever goes wrong is its own affair."""
    if raw.problem and not raw.raw:
        return Unread(raw, raw.problem)
    try:
        message, reading = read(judge, raw)
        return Judged(raw, message, reading, decide(reading, Standing(), judge.policy))
    except Exception as error:  # noqa: BLE001  (one message may fail only itself)
        return Unread(raw, failed_words(error))


def failed_words(error: Exception) -> str:
    """What is told of a message that the program failed on: never its content, which the error's text may hold."""
    log.debug("a message could not be judged", exc_info=error)
    return f"it could not be judged ({type(error).__name__})"


Clock = Callable[[], datetime]
