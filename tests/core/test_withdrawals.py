"""Who takes a request back is never acted on alone, nor taken for somebody who asks anew; a person sees it as such."""

import pytest
from corpus import judge

from allegro_privacy.core.decide import decide
from allegro_privacy.core.decision import Decision, Standing, Verdict
from allegro_privacy.core.message import Origin, RawMessage
from allegro_privacy.core.reading import Doubt
from allegro_privacy.workflow.judge import read

TAKE_BACK = (
    "Never mind, forget my request.",
    "Nevermind my request from yesterday, I found what I needed.",
    "I changed my mind, please do not delete my account.",
    "Please cancel my deletion request.",
    "I'd like to withdraw my request. Thank you.",
    "Please close my request, I no longer need a copy of my data.",
    "No need to delete my data any more. Keep my account open.",
    "I don't want my data deleted after all.",
    "I am taking back my request from last week to see my data.",
    "On second thought, leave my account as it is.",
    "You can ignore the email I sent this morning about deleting my account.",
    "Scratch that, I no longer want my information deleted.",
    "Please stop the deletion of my account, I made a mistake.",
    "Can you undo my deletion request please?",
    "Hold off on deleting my information please.",
    "Please don't process my request, I sent it by mistake.",
    "No procesen mi solicitud de ayer.",
    "No borren nada, me equivoqué.",
    "Olviden mi solicitud, ya no hace falta.",
    "Cambié de opinión, por favor no borren mi cuenta.",
    "Quiero retirar mi solicitud de borrado de datos.",
    "Por favor cancelen mi solicitud de eliminación.",
    "Ya no quiero que borren mis datos.",
    "No hace falta que me envíen mis datos, olvídenlo.",
    "Dejen sin efecto mi petición, gracias.",
    "Me arrepentí, dejen mi cuenta como está.",
    "Desisto de mi solicitud de acceso.",
    "Retiro la solicitud que hice el lunes.",
    "Ignoren mi mensaje anterior, quiero conservar mi cuenta.",
)
ABOUT_SOMETHING_ELSE = {
    "Never mind about the guitar strings, I found them elsewhere.": Verdict.IGNORE,
    "I changed my mind about the order, please cancel it.": Verdict.IGNORE,
    "Please cancel my lesson on Tuesday.": Verdict.IGNORE,
    "Please do not forget my request for a quote on the piano.": Verdict.IGNORE,
    "Cambié de opinión sobre el pedido, cancélenlo por favor.": Verdict.IGNORE,
    "Quiero cancelar mi clase del martes.": Verdict.IGNORE,
    "Please cancel my account and delete my data.": Verdict.ACCEPT,
    "Please cancel my subscription to the newsletter.": Verdict.ACCEPT,
    "Unsubscribe me, I made a mistake when I signed up.": Verdict.ACCEPT,
    "Por favor cancelen mi cuenta y borren mis datos.": Verdict.ACCEPT,
    "Por favor cancelen mi suscripción al boletín.": Verdict.ACCEPT,
}


def decided(text: str) -> tuple[Decision, set[Doubt]]:
    raw = (
        "From: Rosa Quintero <rosa@example.com>\nTo: customerservice@allegromusiccenter.com\n"
        "Date: Fri, 20 Nov 2026 09:01:00 -0500\nMessage-ID: <1@example.com>\nSubject: Hello\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{text}\n\nRosa Quintero\n"
    ).encode()
    _, reading = read(judge(), RawMessage(raw, Origin("eml:", "a.eml")))
    decision = decide(reading, Standing(), judge().policy)
    doubts = [*decision.doubts, *(each for one in decision.requests for each in one.request.doubts)]
    return decision, {each.doubt for each in doubts}


@pytest.mark.parametrize("text", TAKE_BACK)
def test_a_request_that_is_taken_back_waits_for_a_person_and_says_so(text: str) -> None:
    decision, doubts = decided(text)
    assert (decision.verdict, Doubt.WITHDRAWN in doubts) == (Verdict.ASK, True), doubts


@pytest.mark.parametrize("text", ABOUT_SOMETHING_ELSE)
def test_an_order_a_lesson_or_an_account_that_is_cancelled_takes_no_request_back(text: str) -> None:
    decision, doubts = decided(text)
    assert (decision.verdict, Doubt.WITHDRAWN in doubts) == (ABOUT_SOMETHING_ELSE[text], False), doubts
