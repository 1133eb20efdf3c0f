"""Erasing a person: nothing readable stays, the chain holds, and they are still not written to."""

from collections.abc import Callable

import pytest
from recorded_people import BRICKELL, EFFECTS, Desk, at, keys_of, letter, no_email, no_post

from allegro_privacy.core.decision import ReviewAnswer, Verdict
from allegro_privacy.core.message import Origin
from allegro_privacy.core.person import Channel, Level, Person
from allegro_privacy.core.reading import Request
from allegro_privacy.errors import GuardError, UsageError
from allegro_privacy.store import journal, views
from allegro_privacy.store.append import append
from allegro_privacy.store.database import writing

EMAIL = "wilhelmina.harker@example.org"
NAME = "Wilhelmina Harker"
TEXT = "NO SNAIL MAIL to me, please.\nThe zeppelin catalogue upsets my parrot."
TRACES = tuple(
    word.encode()
    for word in (
        "wilhelmina",
        "harker",
        "zeppelin",
        "parrot",
        "brickell",
        "apt 2203",
        "33131|",
        "5550147",
        "attic.eml",
        "counted",
    )
)


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """Wilhelmina wrote, asked, was answered, opened a case and was lifted once; Rosa is somebody else."""
    desk.opt_out("Rosa Quintero", "rosa@example.com")
    phone = Request("opt-out", Person(NAME, EMAIL, "(305) 555-0147"), Channel.PHONE)
    desk.take(letter(NAME, EMAIL, TEXT), no_post(NAME, EMAIL), no_email(NAME, EMAIL), phone, place="/mail/attic.eml")
    desk.take(letter(NAME, EMAIL, "parrot, again"), no_email(NAME, EMAIL), Request("access", Person(NAME, EMAIL)))
    desk.take(letter(NAME, EMAIL, "parrot?"), no_post(NAME, EMAIL, level=Level.HOUSEHOLD), verdict=Verdict.ASK)
    desk.take(letter(NAME, EMAIL, "harker!"), no_email(NAME, EMAIL), verdict=Verdict.ASK)
    with writing(desk.database):
        review = views.open_reviews(desk.database)[0].id
        answer = ReviewAnswer(Verdict.ACCEPT, (no_post(NAME, EMAIL, level=Level.HOUSEHOLD),), "Harker counted")
        journal.answer_review(desk.database, review, answer, "Dana", at(1), effects=EFFECTS, keys_of=keys_of)
        journal.lift(desk.database, "S6", "the parrot died", "Dana", at(2))
        close(desk, "Harker was told by letter")
        files_named_after_her(desk)
        drafts_to_her(desk)
    return desk


def files_named_after_her(desk: Desk) -> None:
    """An import and a pull of files that bear her name, as an office keeps them."""
    imported = {"file": "wilhelmina-harker.csv", "sha256": "0" * 64, "format": "sendgrid", "rows": 1}
    journal.record_import(desk.database, imported, "Dana", at(2.6))
    sources = ("eml:/mail/Harker, Wilhelmina", "imaps://mail.example.com/INBOX")
    problems = ("/mail/Harker, Wilhelmina/old.eml: it is no ordinary file",)
    journal.record_pull(desk.database, sources, {"fetched": 1}, problems, "Dana", at(2.7))


def drafts_to_her(desk: Desk) -> None:
    """One reply was written as a file, another waits for its mailbox."""
    for way, place in (("eml", "/desk/answers"), ("drafts", "imaps://mail.example.com")):
        content = {
            "message": 4, "about": "S5", "template": "done", "language": "en", "way": way, "place": place,
            "to": EMAIL, "subject": "Re: zeppelin", "body": f"Dear {NAME}, say hello to the parrot.",
        }  # fmt: skip
        journal.record_draft(desk.database, content, Person(NAME, EMAIL), "Dana", at(2.8))


def close(desk: Desk, note: str) -> None:
    """Every privacy request is answered."""
    for (case,) in desk.database.rows("SELECT event FROM cases"):
        content = {"case": case, "step": "closed", "state": "fulfilled", "note": note}
        append(desk.database, "case-closed", f"C{case}", content, "Dana", at(2.5))


def erase(desk: Desk, who: str = EMAIL) -> tuple[int, ...]:
    with writing(desk.database):
        receipt = journal.erase(desk.database, who, "Dana", at(3), "she asked for it")
    journal.compact(desk.database)
    return receipt.erased


def raw_traces(desk: Desk) -> list[tuple[str, str]]:
    """Where a word of the person lies in the raw bytes of any file: in UTF-8, and in UTF-16 of either order."""
    spelt = {
        f"{trace.decode()} {code}": trace.decode().encode(code)
        for trace in TRACES
        for code in ("utf-8", "utf-16-le", "utf-16-be")
    }
    files = [(path.name, path.read_bytes().lower()) for path in desk.path.parent.iterdir() if path.is_file()]
    return [(name, trace) for name, raw in files for trace, wanted in spelt.items() if wanted in raw]


def contents(desk: Desk) -> dict[int, bytes]:
    return dict(desk.database.rows("SELECT number, content FROM payload"))


def test_no_byte_of_the_person_is_left_in_any_file_readable_or_packed(kept: Desk) -> None:
    before = contents(kept)
    packed = [before[number] for number in erase(kept)]
    files = [path for path in kept.path.parent.iterdir() if path.is_file()]
    assert {path.suffix for path in files} >= {".sqlite3", ".sqlite3-wal", ".sqlite3-shm"}
    assert raw_traces(kept) == []
    assert [(path.name, one) for path in files for one in packed if one[:48] in path.read_bytes()] == []
    text = "".join(map(kept.database.unpack, contents(kept).values())).lower().encode()
    assert [trace for trace in TRACES if trace in text] == []


def test_a_file_that_is_named_after_the_person_is_forgotten_by_name_and_stays_counted(kept: Desk) -> None:
    pulls = "SELECT sources, counts, problems FROM pulls"
    assert kept.database.rows(pulls)[0][0].count("Harker") == 1
    assert kept.database.rows("SELECT way FROM drafts ORDER BY event") == [("eml",), ("drafts",)]
    assert kept.database.value("SELECT count(*) FROM outbox") == 1
    erase(kept)
    assert kept.database.rows(pulls) == [('["imaps://mail.example.com/INBOX"]', '{"fetched": 1}', '["(erased)"]')]
    assert kept.database.value("SELECT count(*) FROM outbox") == 0
    assert raw_traces(kept) == []
    assert views.verify(kept.database) == []


def test_what_lies_outside_the_database_is_named_before(kept: Desk) -> None:
    outside = views.erasure_plan(kept.database, EMAIL).outside
    assert "eml:/mail/attic.eml" in outside
    assert [one for one in outside if one.startswith("/desk/answers/d") and one.endswith("-*.eml")] != []
    assert [one for one in outside if "Drafts" in one and "imaps://mail.example.com" in one] != []


NAMED_AFTER_HER = ("wilhelmina-harker.csv", "harker_wilhelmina.csv", "Wilhelmina Harker.csv", "WilhelminaHarker.eml",
                   "wilhelmina.harker.csv")  # fmt: skip


@pytest.mark.parametrize("file", NAMED_AFTER_HER)
def test_a_row_of_somebody_else_in_a_file_named_after_the_person_is_pointed_out(desk: Desk, file: str) -> None:
    desk.opt_out(NAME, EMAIL)
    place = f"import:{file}, line 2"
    other = desk.take(letter("Rosa", "rosa@example.com"), no_email("Rosa", "rosa@example.com"), place=place)
    assert views.erasure_plan(desk.database, EMAIL).mentions == other.events[:1]


@pytest.mark.parametrize("file", ["harker.csv", "wilhelminas.csv", "unsubscribes.csv", "harkersville.csv"])
def test_a_file_that_bears_only_half_a_name_is_nobodys(desk: Desk, file: str) -> None:
    desk.opt_out(NAME, EMAIL)
    with writing(desk.database):
        journal.record_import(desk.database, {"file": file, "sha256": "0" * 64}, "Dana", at(2))
    plan = views.erasure_plan(desk.database, EMAIL)
    assert (plan.kinds.get("import-finished"), plan.mentions) == (None, ())


def test_the_traces_were_there_before(kept: Desk) -> None:
    everything = b"".join(path.read_bytes() for path in kept.path.parent.iterdir())
    text = "".join(map(kept.database.unpack, contents(kept).values())).encode()
    assert [trace for trace in TRACES if trace not in (everything + text).lower()] == []
    assert [one for one in contents(kept).values() if one[:48] not in everything] == []


def test_the_ledger_and_the_tables_still_verify(kept: Desk) -> None:
    head = views.ledger_head(kept.database)
    erase(kept)
    assert views.verify(kept.database, head) == []


def test_the_person_is_still_on_the_lists_by_the_keyed_hash(kept: Desk) -> None:
    wanted = [
        key for request in (no_post(NAME, EMAIL), no_post(NAME, level=Level.HOUSEHOLD)) for key in keys_of(request)
    ]
    erase(kept)
    assert views.standing(kept.database, letter("x", "x@example.com"), wanted).suppressed == frozenset(wanted)
    again = kept.take(letter(NAME, EMAIL, "post again"), no_post(NAME, EMAIL), now=at(4))
    assert again.summary == "S5 stood already"
    assert views.verify(kept.database) == []


def test_why_still_tells_what_happened_without_the_words(kept: Desk) -> None:
    erase(kept)
    told = views.timeline(kept.database, EMAIL)
    assert [one.id for one in told.suppressions] != []
    assert all(one.key is None and one.erased for one in told.suppressions)
    assert told.entries[-1].kind == "erased"
    assert all(entry.content == {} for entry in told.entries[:-1])
    assert views.find(kept.database, "harker").suppressions == ()


def test_the_same_message_pulled_again_does_not_bring_the_person_back(kept: Desk) -> None:
    erase(kept)
    again = kept.take(letter(NAME, EMAIL, TEXT), no_post(NAME, EMAIL), place="/mail/attic.eml", now=at(5))
    assert again.events == ()


def test_others_stay_whole(kept: Desk) -> None:
    erase(kept)
    (rosa,) = views.find(kept.database, "rosa@example.com").suppressions
    assert (rosa.key, rosa.name, rosa.erased) == ("rosa@example.com", "Rosa Quintero", False)


def test_figures_count_the_same_before_and_after(kept: Desk) -> None:
    before = views.facts(kept.database, at(-24), at(24))
    erase(kept)
    after = views.facts(kept.database, at(-24), at(24))
    assert sorted(map(repr, after.messages)) == sorted(map(repr, before.messages))
    assert after.size == before.size
    assert [one.kind for one in after.requests] == [one.kind for one in before.requests]


def test_open_reviews_of_the_person_are_closed_since_nobody_could_answer_them(kept: Desk) -> None:
    erase(kept)
    assert views.open_reviews(kept.database) == ()


def test_a_dry_run_of_an_erasure_erases_nothing(kept: Desk) -> None:
    with writing(kept.database, dry_run=True):
        receipt = journal.erase(kept.database, EMAIL, "Dana", at(3), "a try")
    assert len(receipt.erased) > 10
    assert views.find(kept.database, EMAIL).messages[0].sender == EMAIL
    assert views.verify(kept.database) == []


@pytest.mark.parametrize("who", ["S5", "+1 305 555 0147", "wilhelmina.HARKER@example.org"])
def test_one_key_leads_to_all_the_others(kept: Desk, who: str) -> None:
    assert len(erase(kept, who)) == len(
        kept.database.rows("SELECT number FROM ledger WHERE number NOT IN (SELECT number FROM payload)")
    )
    assert views.find(kept.database, EMAIL).messages == () or all(
        one.erased for one in views.find(kept.database, EMAIL).messages
    )
    assert not any(trace in kept.path.read_bytes().lower() for trace in TRACES)


def test_a_second_person_in_the_same_message_keeps_their_suppression(desk: Desk) -> None:
    both = letter(NAME, EMAIL, "me and my husband")
    desk.take(both, no_email(NAME, EMAIL), no_email("Jonathan", "jonathan@example.org"))
    erase(desk)
    (jonathan,) = views.find(desk.database, "jonathan@example.org").suppressions
    assert (jonathan.key, jonathan.erased) == ("jonathan@example.org", False)
    assert views.verify(desk.database) == []


def test_mentions_in_what_others_wrote_are_pointed_out(desk: Desk) -> None:
    desk.opt_out(NAME, EMAIL)
    other = desk.take(letter("Rosa", "rosa@example.com", f"tell {EMAIL} I said hello"))
    with writing(desk.database):
        receipt = journal.erase(desk.database, EMAIL, "Dana", at(3), "asked")
    assert receipt.mentions == other.events


def test_a_person_can_be_erased_again_after_writing_again(kept: Desk) -> None:
    erase(kept)
    kept.take(letter(NAME, EMAIL, "parrot once more"), no_email(NAME, EMAIL), now=at(6))
    assert len(erase(kept)) == 2
    assert views.verify(kept.database) == []
    assert not any(trace in kept.path.read_bytes().lower() for trace in TRACES)


REFUSED = {"a name": "Wilhelmina Harker", "a piece of an address": BRICKELL.line1, "nobody": "nobody@example.com"}


@pytest.mark.parametrize("name", REFUSED)
def test_an_erasure_needs_exactly_one_person(kept: Desk, name: str) -> None:
    head = views.ledger_head(kept.database)
    with pytest.raises(UsageError), writing(kept.database):
        journal.erase(kept.database, REFUSED[name], "Dana", at(3), "?")
    assert views.ledger_head(kept.database) == head


def test_verify_holds_for_another_reader_after_the_file_was_rewritten(
    kept: Desk, make_desk: Callable[[], Desk]
) -> None:
    erase(kept)
    assert views.verify(make_desk().database) == []


def test_the_reach_of_an_erasure_is_shown_before_with_counts(kept: Desk) -> None:
    plan = views.erasure_plan(kept.database, EMAIL)
    assert plan.goes == erase(kept)
    assert sum(plan.kinds.values()) == len(plan.goes)
    assert plan.kinds["message-received"] == 4
    assert len(plan.kept) == 3
    assert plan.tickets == ("C10",)
    assert (plan.stays, plan.open_cases, plan.holds) == ((), (), ())


def test_an_open_case_keeps_its_letter_and_nothing_else(desk: Desk) -> None:
    desk.take(letter(NAME, EMAIL, "NO E-MAIL, says the parrot"), no_email(NAME, EMAIL))
    desk.take(letter(NAME, EMAIL, "what of the zeppelin?"), Request("access", Person(NAME, EMAIL)))
    plan = views.erasure_plan(desk.database, EMAIL)
    assert (plan.goes, plan.stays, plan.open_cases) == ((2, 3), (4, 5), ("C5",))
    assert erase(desk) == (2, 3)
    assert not any(b"parrot" in path.read_bytes() for path in desk.path.parent.iterdir())
    assert views.find(desk.database, EMAIL).cases[0].request is not None
    assert views.verify(desk.database) == []


def test_an_open_case_alone_is_not_erased(desk: Desk) -> None:
    desk.take(letter(NAME, EMAIL, "what of the zeppelin?"), Request("access", Person(NAME, EMAIL)))
    with pytest.raises(GuardError, match="Nothing can be erased yet"):
        erase(desk)


def test_the_record_of_a_closed_case_is_still_found_without_a_word(kept: Desk) -> None:
    erase(kept)
    (case,) = views.find(kept.database, EMAIL).cases
    assert (case.kind, case.erased, case.request) == ("access", True, None)


def test_notes_that_others_hang_on_a_case_or_a_message_go_too(kept: Desk) -> None:
    with writing(kept.database):
        append(kept.database, "draft-written", "M4", {"text": "Dear Ms Harker"}, "Dana", at(2.6))
        append(
            kept.database,
            "case-extended",
            "C10",
            {"case": 10, "step": "extended", "note": "the parrot is ill"},
            "Dana",
            at(2.7),
        )
    erase(kept)
    assert [
        trace for trace in TRACES if trace in "".join(map(kept.database.unpack, contents(kept).values())).encode()
    ] == []


def test_what_lifted_nothing_goes_too(desk: Desk) -> None:
    desk.take(letter(NAME, EMAIL, "again please"), Request("opt-in", Person(NAME, EMAIL), Channel.EMAIL))
    erase(desk)
    assert "harker" not in "".join(map(desk.database.unpack, contents(desk).values())).lower()


def test_a_message_that_nobody_could_read_is_erased_by_its_number(desk: Desk) -> None:
    with writing(desk.database):
        journal.set_aside(desk.database, Origin("eml:", "/mail/harker.eml", "1"), "harker broke it", "cron", at(0))
    assert erase(desk, "M2") == (2, 3)
    assert "harker" not in "".join(map(desk.database.unpack, contents(desk).values())).lower()
    assert views.verify(desk.database) == []


@pytest.mark.parametrize("reason", ["Wilhelmina asked", "for wilhelmina.harker", f"mail of {EMAIL}", "Mrs HARKER"])
def test_the_reason_may_not_name_the_person(kept: Desk, reason: str) -> None:
    with pytest.raises(UsageError, match="names the person"), writing(kept.database):
        journal.erase(kept.database, EMAIL, "Dana", at(3), reason)


def test_a_name_in_what_others_wrote_is_pointed_out(desk: Desk) -> None:
    desk.opt_out(NAME, EMAIL)
    other = desk.take(letter("Rosa", "rosa@example.com", f"tell {NAME.upper()} I said hello"))
    assert views.erasure_plan(desk.database, EMAIL).mentions == other.events


def test_a_stopped_run_is_compacted_by_the_next(kept: Desk) -> None:
    with writing(kept.database):
        journal.erase(kept.database, EMAIL, "Dana", at(3), "asked")
    assert views.needs_compacting(kept.database)
    journal.compact(kept.database)
    assert not views.needs_compacting(kept.database)
    assert raw_traces(kept) == []


def test_the_lists_tell_how_many_were_erased_since_the_last(desk: Desk) -> None:
    desk.opt_out(NAME, EMAIL)
    desk.opt_out("Rosa", "rosa@example.com")
    before = views.ledger_head(desk.database).number
    assert views.erased_since(desk.database, Channel.EMAIL, 0) == 0
    erase(desk)
    after = views.ledger_head(desk.database).number
    counted = [views.erased_since(desk.database, channel, event) for channel in Channel for event in (0, before, after)]
    assert counted == [1, 1, 0, 0, 0, 0, 0, 0, 0]
