"""Reading + Standing + Policy → Decision. There is no score: a request is accepted on strong evidence, an identity
good enough for its kind, a kind that may be automatic, and no doubt. Otherwise a person is asked, and told why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from allegro_privacy.core.decision import Decision, RequestDecision, Standing, Verdict
from allegro_privacy.core.identity import email_key, phone_key
from allegro_privacy.core.kinds import Kind
from allegro_privacy.core.person import Channel, Key
from allegro_privacy.core.reading import Doubt, Doubtful, Nature, Note, Reading, Request
from allegro_privacy.core.words import DOUBT_WORDS


@dataclass(frozen=True, slots=True)
class Policy:
    """The house's own rules: the kinds of request and the version of the privacy policy in force."""

    kinds: Mapping[str, Kind]
    version: str = ""


def decide(reading: Reading, standing: Standing, policy: Policy) -> Decision:
    """Accept, Ask or Ignore for the message and for each request."""
    if standing.same_bytes or standing.copy_of:
        about = (
            "this very message is recorded already" if standing.same_bytes else "a copy of a message recorded already"
        )
        settled = tuple(RequestDecision(request, Verdict.IGNORE, about) for request in reading.requests)
        return Decision(Verdict.IGNORE, settled, (), about)
    if standing.leaks:
        return _leaked(reading, standing)
    doubts = list(reading.doubts)
    if standing.reused_id and reading.requests:
        doubts.append(Doubtful(Doubt.REUSED_MESSAGE_ID, "its Message-ID belongs to another message too"))
    decided = tuple(
        RequestDecision(request, Verdict.IGNORE, "it names a decoy of ours, which is nobody")
        if _is_of_decoy(request, standing.decoys)
        else _decide_one(request, reading, tuple(doubts), policy)
        for request in reading.requests
    )
    return _whole(reading, decided, tuple(doubts))


def _leaked(reading: Reading, standing: Standing) -> Decision:
    """Mail to a decoy: whoever sent it has a list of ours. Nothing in it was said to us, so nothing it asks is done."""
    about = "nobody wrote this to us: it came to a decoy"
    requests = tuple(RequestDecision(request, Verdict.IGNORE, about) for request in reading.requests)
    doubts = tuple(Doubtful(Doubt.LEAKED_LIST, leak.words) for leak in standing.leaks)
    reason = f"{in_words(doubts)} ({'; '.join(leak.words for leak in standing.leaks)})"
    return Decision(Verdict.ASK, requests, doubts, reason)


def _is_of_decoy(request: Request, decoys: frozenset[Key]) -> bool:
    """Is a request about e-mail about nobody but a decoy?"""
    return Key(Channel.EMAIL, email_key(request.person.email or "")) in decoys


def _decide_one(request: Request, reading: Reading, doubts: tuple[Doubtful, ...], policy: Policy) -> RequestDecision:
    kind = policy.kinds[request.kind]
    if reading.authentication == "fail" and reading.nature is not Nature.FEEDBACK_REPORT:
        # An opt-out costs little and is easily undone; a right could hand data to a stranger (hostile.md §3).
        if kind.lane == "opt-out":
            request = replace(request, notes=(*request.notes, Note.UNAUTHENTICATED))
        else:
            about = Doubtful(Doubt.UNAUTHENTICATED, "the sender's own domain does not vouch for this message")
            request = replace(request, doubts=(*request.doubts, about), notes=(*request.notes, Note.UNAUTHENTICATED))
    against = (*request.doubts, *doubts)
    if against:
        return RequestDecision(request, Verdict.ASK, in_words(against))
    if not kind.automatic:
        return RequestDecision(request, Verdict.ASK, f"{kind.title.lower()}: always a person's decision")
    if not _identified(request):
        missing = Doubtful(Doubt.NO_SENDER, "nobody to act for")
        return RequestDecision(replace(request, doubts=(missing,)), Verdict.ASK, in_words((missing,)))
    return RequestDecision(request, Verdict.ACCEPT, "clear words, a known sender, no doubt")


def _identified(request: Request) -> bool:
    person = request.person
    match request.channel:
        case Channel.EMAIL:
            return bool(person.email and email_key(person.email))
        case Channel.POST:
            return person.address is not None
        case Channel.PHONE:
            return bool(person.phone and phone_key(person.phone))
        case None:
            return bool(person.email or person.address or person.phone)


def _whole(reading: Reading, decided: tuple[RequestDecision, ...], doubts: tuple[Doubtful, ...]) -> Decision:
    verdicts = {one.verdict for one in decided}
    if Verdict.ASK in verdicts:
        asked = next(one for one in decided if one.verdict is Verdict.ASK)
        return Decision(Verdict.ASK, decided, doubts, asked.reason)
    if Verdict.ACCEPT in verdicts:
        return Decision(
            Verdict.ACCEPT, decided, doubts, next(one for one in decided if one.verdict is Verdict.ACCEPT).reason
        )
    if doubts:
        return Decision(Verdict.ASK, decided, doubts, in_words(doubts))
    return Decision(Verdict.IGNORE, decided, doubts, reading.reason)


def in_words(doubts: tuple[Doubtful, ...]) -> str:
    """The doubts as staff read them."""
    return "; ".join(dict.fromkeys(DOUBT_WORDS[doubt.doubt] for doubt in doubts))
