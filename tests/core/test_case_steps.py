"""How a rights request moves, which lane it takes, and what its tables must hold."""

import tomllib
from importlib import resources

import pytest

from allegro_privacy.core.cases import Outcome, State, Step, after, next_step, read_case_tables
from allegro_privacy.core.lanes import Lane, lane_of, more_careful
from allegro_privacy.core.masking import masked
from allegro_privacy.core.person import Person, PostalAddress
from allegro_privacy.core.reading import Evidence, Request
from allegro_privacy.errors import ConfigError

ROWS = tomllib.loads(resources.files("allegro_privacy").joinpath("data/cases.toml").read_text("utf-8"))
TABLES = read_case_tables(ROWS)
# Data Rights Protocol 1.0, section 3.02.
DRP_STATES = {"open", "in_progress", "fulfilled", "revoked", "denied", "expired"}
DRP_DENIALS = {
    "suspected_fraud", "insuf_verification", "no_match", "claim_not_covered", "outside_jurisdiction",
    "too_many_requests", "other",
}  # fmt: skip

MOVES = [
    ("told while somebody must be verified", Step.ACKNOWLEDGED, State.OPEN, True, None, State.NEEDS_VERIFICATION),
    ("told, and nobody to verify", Step.ACKNOWLEDGED, State.OPEN, False, None, None),
    ("told after work began", Step.ACKNOWLEDGED, State.IN_PROGRESS, True, None, None),
    ("verified", Step.VERIFIED, State.NEEDS_VERIFICATION, True, None, State.IN_PROGRESS),
    ("work begins before anybody was verified", Step.STARTED, State.OPEN, True, None, State.NEEDS_VERIFICATION),
    ("work begins", Step.STARTED, State.OPEN, False, None, State.IN_PROGRESS),
    ("a longer time changes no state", Step.EXTENDED, State.IN_PROGRESS, False, None, None),
    ("asked again changes no state", Step.JOINED, State.IN_PROGRESS, False, None, None),
    ("answered in part", Step.CLOSED, State.IN_PROGRESS, False, Outcome.PARTLY, State.PARTLY),
    ("denied", Step.CLOSED, State.OPEN, True, Outcome.DENIED, State.DENIED),
    ("taken back", Step.CLOSED, State.OPEN, True, Outcome.REVOKED, State.REVOKED),
    ("opened again, verified before", Step.REOPENED, State.DENIED, False, None, State.IN_PROGRESS),
    ("opened again, never verified", Step.REOPENED, State.DENIED, True, None, State.NEEDS_VERIFICATION),
]


@pytest.mark.parametrize(("step", "state", "unverified", "outcome", "then"), [row[1:] for row in MOVES],
                         ids=[row[0] for row in MOVES])  # fmt: skip
def test_a_step_leads_to_a_state(
    step: Step, state: State, unverified: bool, outcome: Outcome | None, then: State | None
) -> None:
    assert after(step, state, unverified, outcome) is then


NEXT = [
    ("first the person hears that it arrived", [], State.OPEN, True, True, Step.ACKNOWLEDGED),
    ("no law asks to confirm", [], State.OPEN, False, False, Step.STARTED),
    ("then who asks", [Step.ACKNOWLEDGED], State.NEEDS_VERIFICATION, True, True, Step.VERIFIED),
    ("then the answer", [Step.ACKNOWLEDGED, Step.VERIFIED], State.IN_PROGRESS, True, False, Step.CLOSED),
    ("a closed case owes nothing", [Step.CLOSED], State.DENIED, True, True, None),
]


@pytest.mark.parametrize(("taken", "state", "confirms", "unverified", "then"), [row[1:] for row in NEXT],
                         ids=[row[0] for row in NEXT])  # fmt: skip
def test_the_next_step(taken: list[Step], state: State, confirms: bool, unverified: bool, then: Step | None) -> None:
    assert next_step(taken, state, confirms, unverified) is then


LANES = [
    ("an ordinary customer", "access", "personal", [], Lane.CUSTOMER),
    ("an agent's mail", "deletion", "agent", [], Lane.AGENT),
    ("an agent's doubt", "deletion", "personal", ["agent"], Lane.AGENT),
    ("a child's data", "child-removal", "personal", [], Lane.CHILD),
    ("somebody of fifteen is treated as a child", "access", "personal", ["minor"], Lane.CHILD),
    ("a lawyer for a child: the lawyer decides", "child-removal", "personal", ["legal"], Lane.LEGAL),
    ("a legal tone alone is no lawyer", "access", "personal", ["legal-tone"], Lane.CUSTOMER),
    ("a death", "deletion", "personal", ["deceased"], Lane.BEREAVEMENT),
]


@pytest.mark.parametrize(("kind", "nature", "signs", "lane"), [row[1:] for row in LANES], ids=[row[0] for row in LANES])
def test_a_request_takes_its_lane(kind: str, nature: str, signs: list[str], lane: Lane) -> None:
    assert lane_of(kind, nature, signs) is lane


def test_of_two_lanes_the_more_careful_one_is_taken() -> None:
    assert more_careful(Lane.CUSTOMER, Lane.AGENT) is Lane.AGENT
    assert more_careful(Lane.LEGAL, Lane.CHILD) is Lane.LEGAL


def test_every_state_and_denial_has_its_name_in_the_data_rights_protocol() -> None:
    assert {row.drp for row in TABLES.states.values()} == DRP_STATES
    assert {row.drp for row in TABLES.denials.values()} == DRP_DENIALS
    assert TABLES.states["needs-verification"].drp_reason == "need_user_verification"


def test_opt_outs_are_never_checked_and_agents_never_need_a_power_of_attorney() -> None:
    for kind in ("opt-out", "do-not-share", "question"):
        assert not TABLES.check(kind).required
        assert TABLES.check(kind).points == ()
    by_agent = TABLES.check("do-not-share", Lane.AGENT)
    assert not by_agent.required
    assert [point for point in by_agent.points if "confirm directly" in point] == []
    assert any("Never for a power of attorney" in point for point in by_agent.points)
    assert any("confirm directly" in point for point in TABLES.check("access", Lane.AGENT).points)


def test_a_disputed_field_verifies_nobody_and_account_holders_sign_in_again() -> None:
    assert any("disputed" in point for point in TABLES.check("correction").points)
    for kind in ("access", "correction", "deletion"):
        assert TABLES.check(kind).required
        assert any("sign in again" in point for point in TABLES.check(kind).points)


def test_a_deletion_is_only_answered_in_part() -> None:
    assert Outcome.FULFILLED not in TABLES.check("deletion").outcomes
    assert "backups" in TABLES.check("deletion").keeps


BAD = [
    ("a state is missing", {"states": {}}, "[states.open]: missing"),
    ("an unknown lane", {"lanes": {**ROWS["lanes"], "express": {}}}, "[lanes.express]: no such lane"),
    ("a check without its switch", {"checks": {"access": {"list": []}}}, "[checks.access] required"),
    (
        "an outcome that is none",
        {"checks": {"access": {"required": True, "outcomes": ["lost"]}}},
        "[checks.access] outc",
    ),
    ("an unknown key", {"checks": {"access": {"required": True, "fee": 5}}}, "[checks.access] fee: not a key"),
]


@pytest.mark.parametrize(("change", "problem"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_table_is_refused(change: dict[str, object], problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_case_tables(ROWS | change, "office/cases.toml")
    assert f"office/cases.toml {problem}" in caught.value.why


def test_a_masked_child_cannot_be_found() -> None:
    address = PostalAddress("12 Oak St\nMiami, FL 33144", "12 Oak St", None, "Miami", "FL", "33144")
    person = Person("Lena Tally", "lena.tally@tallyfamily.example", "305-555-0147", address)
    shown = masked(Request("child-removal", person, evidence=(Evidence("en.child", "text", "my Lena is 9"),)))
    assert shown.person.name == "L. T."
    text = repr(shown).lower()
    assert [word for word in ("lena", "tally", "oak", "33144", "0147", "is 9") if word in text] == []
