"""The facts of a period, without the people, for figures."""

import json
from collections import Counter
from datetime import date, datetime

from allegro_privacy.core.cases import State, Step
from allegro_privacy.core.decision import Verdict
from allegro_privacy.core.facts import CaseFact, ExportFact, Facts, MessageFact, RequestFact
from allegro_privacy.core.moments import utc_text
from allegro_privacy.store.database import Database
from allegro_privacy.store.period_lists import behind, leaked, planned
from allegro_privacy.store.plain import moment, optional_moment

_CLOSED = json.dumps([state.value for state in State if state.closed])


def facts(database: Database, start: datetime, end: datetime) -> Facts:
    """What happened in a period, for figures."""
    period = (utc_text(start), utc_text(end))
    duplicates, copies = _met_again(database, period)
    return Facts(
        start=start,
        end=end,
        messages=_messages(database, period),
        requests=_requests(database, period),
        size=_sizes(database, period),
        open_reviews=tuple(
            (moment(received), moment(opened))
            for received, opened in database.rows(
                "SELECT received, opened FROM reviews JOIN messages ON messages.event = message "
                "WHERE opened < ?1 AND (answered IS NULL OR answered >= ?1)",
                period[1:],
            )
        ),
        duplicates=duplicates,
        copies=copies,
        addresses=addresses_by_quality(database, period[1]),
        cases=_cases(database, period),
        checks=tuple(
            (Verdict(verdict), actor, bool(wrong))
            for verdict, actor, wrong in database.rows(
                "SELECT verdict, actor, wrong FROM checks WHERE at >= ? AND at < ? ORDER BY event", period
            )
        ),
        exports=tuple(
            ExportFact(recipient, channel, moment(at), rows)
            for recipient, channel, at, rows in database.rows(
                "SELECT recipient, channel, at, rows FROM exports WHERE at >= ? AND at < ? ORDER BY event", period
            )
        ),
        behind=behind(database, period[1]),
        drops=planned(database, period[1]),
        leaks=leaked(database, period),
    )


def addresses_by_quality(database: Database, end: str | None = None) -> tuple[tuple[str, int], ...]:
    """Postal addresses by quality, at a moment (None: now): those on the list, and the incomplete ones that wait in
    review. What waits though its address can be matched waits for another reason."""
    stood, waited = "lifted IS NULL", "answered IS NULL"
    if end is not None:
        stood = "since < ?1 AND (lifted IS NULL OR lifted >= ?1)"
        waited = "opened < ?1 AND (answered IS NULL OR answered >= ?1)"
    on_list = f"SELECT quality, count(*) FROM suppressions WHERE channel = 'post' AND {stood} GROUP BY quality"  # noqa: S608
    waiting = (
        "SELECT quality, count(*) FROM reviews JOIN requests AS asked ON asked.message = reviews.message "  # noqa: S608
        f"AND asked.event = reviews.message WHERE {waited} AND asked.verdict = 'ask' AND quality = 'incomplete' "
        "GROUP BY quality"
    )
    given = () if end is None else (end,)
    found = Counter({quality: count for quality, count in database.rows(on_list, given) if quality})
    found.update(dict(database.rows(waiting, given)))
    return tuple(sorted(found.items()))


def _messages(database: Database, period: tuple[str, str]) -> tuple[MessageFact, ...]:
    rows = database.stream(
        "SELECT via, nature, language, verdict, received, at FROM messages JOIN ledger ON number = event "
        "WHERE received >= ? AND received < ?",
        period,
    )
    return tuple(
        MessageFact(via, nature, language, Verdict(verdict), moment(received), moment(recorded))
        for via, nature, language, verdict, received, recorded in rows
    )


# An open case is no effect yet: the person has been given nothing. What joined a case waits for the same answer.
_CASE = "coalesce(opened.event, joined.case_event)"
_EFFECTIVE = (
    f"CASE WHEN {_CASE} IS NULL THEN effective.at ELSE (SELECT CASE WHEN state IN (SELECT value FROM json_each(?3)) "  # noqa: S608
    f"THEN at END FROM case_steps JOIN ledger ON number = case_steps.event WHERE case_event = {_CASE} "
    "AND state IS NOT NULL ORDER BY case_steps.event DESC LIMIT 1) END"
)
_EXTENDED = f"EXISTS (SELECT 1 FROM case_steps WHERE case_event = {_CASE} AND step = '{Step.EXTENDED}')"  # noqa: S608

# What staff read in a message replaces what the program read: both rows are kept, but one request was made.
_CORRECTED = (
    "asked.event = asked.message AND answer = 'ignore' AND EXISTS (SELECT 1 FROM requests AS correction "
    "WHERE correction.message = asked.message AND correction.event > asked.event)"
)


# The last step before the period's end that says what the case is; none: it was open.
_LAST_STEP = (
    "(SELECT max(case_steps.event) FROM case_steps JOIN ledger ON number = case_steps.event "
    "WHERE case_event = cases.event AND state IS NOT NULL AND at < ?2)"
)


def _cases(database: Database, period: tuple[str, str]) -> tuple[CaseFact, ...]:
    rows = database.rows(
        f"SELECT cases.kind, coalesce(last.state, '{State.OPEN}'), received, at, via, coalesce(last.reason, '') "  # noqa: S608 constants
        "FROM cases "
        "JOIN messages ON messages.event = cases.message "
        f"LEFT JOIN case_steps AS last ON last.event = {_LAST_STEP} LEFT JOIN ledger ON number = last.event "
        "WHERE received < ?2 AND (received >= ?1 OR at >= ?1 OR last.state IS NULL OR last.state NOT IN "
        "(SELECT value FROM json_each(?3))) ORDER BY cases.event",
        (*period, _CLOSED),
    )
    return tuple(
        CaseFact(kind, state, moment(received), moment(at) if State(state).closed else None, via, reason)
        for kind, state, received, at, via, reason in rows
    )


def _requests(database: Database, period: tuple[str, str]) -> tuple[RequestFact, ...]:
    rows = database.stream(
        "SELECT asked.kind, coalesce(channel, ''), coalesce(level, ''), via, language, asked.verdict, answer, "  # noqa: S608 a constant
        f"received, decided.at, {_EFFECTIVE}, {_EXTENDED} "
        "FROM messages JOIN requests AS asked ON asked.message = messages.event "
        "JOIN ledger AS decided ON decided.number = asked.event LEFT JOIN ledger AS effective ON effective.number = "
        "(SELECT min(event) FROM effects WHERE message = asked.message AND position = asked.position) "
        "LEFT JOIN cases AS opened ON opened.event = effective.number "
        "LEFT JOIN case_steps AS joined ON joined.event = effective.number "
        f"WHERE received >= ?1 AND received < ?2 AND NOT ({_CORRECTED})",
        (*period, _CLOSED),
    )
    return tuple(
        RequestFact(
            kind=kind,
            channel=channel,
            level=level,
            via=via,
            language=language,
            verdict=Verdict(verdict),
            answer=None if answer is None else Verdict(answer),
            received=moment(received),
            decided=moment(decided),
            effective=optional_moment(effective),
            extended=bool(extended),
        )
        for kind, channel, level, via, language, verdict, answer, received, decided, effective, extended in rows
    )


def _met_again(database: Database, period: tuple[str, str]) -> tuple[int, int]:
    row = database.row(
        "SELECT count(*) FILTER (WHERE bytes IS NULL), count(*) FILTER (WHERE bytes IS NOT NULL) "
        "FROM sightings JOIN ledger ON number = event WHERE event <> message AND at >= ? AND at < ?",
        period,
    )
    return (0, 0) if row is None else (int(row[0]), int(row[1]))


def _sizes(database: Database, period: tuple[str, str]) -> tuple[tuple[date, str, int], ...]:
    changes: dict[str, Counter[str]] = {}
    for column, step in (("since", 1), ("lifted", -1)):
        sql = (
            f"SELECT channel, substr({column}, 1, 10), count(*) FROM suppressions "  # noqa: S608 two names
            f"WHERE {column} < ? GROUP BY 1, 2"
        )
        for channel, day, count in database.rows(sql, (period[1],)):
            changes.setdefault(channel, Counter())[day] += step * count
    first = period[0][:10]
    sizes: list[tuple[date, str, int]] = []
    for channel, days in sorted(changes.items()):
        size = sum(count for day, count in days.items() if day < first)
        sizes.append((date.fromisoformat(first), channel, size + days.get(first, 0)))
        size += days.get(first, 0)
        for day in sorted(day for day in days if day > first):
            size += days[day]
            sizes.append((date.fromisoformat(day), channel, size))
    return tuple(sizes)
