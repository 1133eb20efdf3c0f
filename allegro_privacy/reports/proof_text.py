"""The page of a proof pack that people read first, in English and in Spanish."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import fill
from typing import Any

Facts = Mapping[str, Any]
WIDTH = 78

CLOCKS = {
    "en": {
        "server": "the clock of our mail server",
        "received-header": "the clock of our mail server, as it stamped the message",
        "file": "the time of the file in which the message was kept",
        "date-header": "the date that the sender wrote; no clock of ours says otherwise",
        "staff": "the day of receipt that our staff entered",
        "link": "the clock of our server, when the button behind the link was pressed",
    },
    "es": {
        "server": "el reloj de nuestro servidor de correo",
        "received-header": "el reloj de nuestro servidor de correo, como selló el mensaje",
        "file": "la hora del archivo en que se guardó el mensaje",
        "date-header": "la fecha que escribió el remitente; ningún reloj nuestro dice otra cosa",
        "staff": "el día de recepción que anotó nuestro personal",
        "link": "el reloj de nuestro servidor, cuando se pulsó el botón detrás del enlace",
    },
}
CHANNELS = {
    "en": {"email": "e-mail", "post": "post", "phone": "phone calls"},
    "es": {"email": "correo electrónico", "post": "correo postal", "phone": "llamadas"},
}
KINDS = {
    "en": {
        "opt-out": "no more marketing", "opt-in": "marketing again", "access": "what do you hold about me",
        "correction": "correct what you hold", "deletion": "delete what you hold",
        "do-not-share": "do not sell or share",
        "child-removal": "remove a child's data", "question": "a question about privacy",
    },
    "es": {
        "opt-out": "no más publicidad", "opt-in": "publicidad otra vez", "access": "qué datos míos tienen",
        "correction": "corregir mis datos", "deletion": "borrar mis datos", "do-not-share": "no vender ni compartir",
        "child-removal": "quitar los datos de un menor", "question": "una pregunta sobre privacidad",
    },
}  # fmt: skip
VERDICTS = {
    "en": {"accept": "done at once", "ask": "a person looked at it", "ignore": "nothing to do"},
    "es": {"accept": "hecho de inmediato", "ask": "lo miró una persona", "ignore": "nada que hacer"},
}
TITLES = {
    "en": ("What was asked", "What was done", "Lists that carried it", "How to check this", "What to know"),
    "es": ("Lo que se pidió", "Lo que se hizo", "Listas que lo llevaron", "Cómo comprobarlo", "Lo que conviene saber"),
}
NOTHING = {"en": "Nothing.", "es": "Nada."}


def page(facts: Facts, language: str) -> str:
    """README (language "en") or LEAME ("es"): what happened, in plain words, and how to check it."""
    asked, done, lists, check, mind = TITLES[language]
    sections = [
        (asked, list(_asked(facts, language))),
        (done, list(_done(facts, language))),
        (lists, list(_lists(facts, language))),
        (check, _CHECK[language]),
        (mind, [*_MIND[language], *_limits(facts, language)]),
    ]
    lines = [_HEADING[language].format(shop=facts["legal_name"]), ""]
    made = _MADE[language].format(at=facts["made"], by=facts["made_by"], about=facts["about"], shop=facts["shop"])
    lines += [fill(made, WIDTH), ""]
    for title, points in sections:
        lines += [title, "-" * len(title), *_points(points or [NOTHING[language]]), ""]
    return "\n".join(lines).rstrip() + "\n"


def _points(points: Sequence[str]) -> list[str]:
    return [
        point if point.startswith("    ") else fill(point, WIDTH, initial_indent="* ", subsequent_indent="  ")
        for point in points
    ]


def _asked(facts: Facts, language: str) -> Iterator[str]:
    for letter in facts["messages"]:
        clock = CLOCKS[language].get(letter["received_by"], letter["received_by"])
        if letter["kept"]:
            yield _LETTER[language].format(**{**letter, "clock": clock})
        else:
            yield _LETTER_GONE[language].format(**letter)
        for request in letter["requests"]:
            channel = CHANNELS[language].get(request["channel"] or "", "")
            kind = KINDS[language].get(request["kind"], request["kind"])
            yield _REQUEST[language].format(
                kind=f"{kind} ({channel})" if channel else kind,
                verdict=VERDICTS[language][request["verdict"]],
                reason=request["reason"],
                evidence=_evidence(request["evidence"]) or "-",
            )


def _evidence(evidence: Sequence[Mapping[str, str]], most: int = 3) -> str:
    """The words that a rule knew, each once; all of them are in proof.json."""
    quoted: dict[str, str] = {}
    for each in evidence:
        quoted.setdefault(each["quote"].casefold(), f"“{each['quote']}” ({each['rule']})")
    return "; ".join(list(quoted.values())[:most])


def _done(facts: Facts, language: str) -> Iterator[str]:
    for row in facts["suppressions"]:
        words = _SUPPRESSED if row["lifted"] is None else _LIFTED
        yield words[language].format(**{**row, "channel": CHANNELS[language][row["channel"]]})
    for event in facts["events"]:
        if event["kind"].startswith("case-"):
            yield _EVENT[language].format(**event)


def _lists(facts: Facts, language: str) -> Iterator[str]:
    for row in facts["exports"]:
        words = _LIST if row["manifest"] else _LIST_RECORDED
        yield words[language].format(**{**row, "carried": ", ".join(row["carried"])})


def _limits(facts: Facts, language: str) -> Iterator[str]:
    if any(letter["blacked_out"] for letter in facts["messages"]) or any(one["blacked_out"] for one in facts["events"]):
        yield _BLACKED[language]
    if not any(row["manifest"] for row in facts["exports"]):
        yield _LOOSE[language]


_HEADING = {"en": "Proof of what {shop} did", "es": "Prueba de lo que hizo {shop}"}
_MADE = {
    "en": "Made at {at} by {by} of {shop}, about {about}. All times are UTC unless another zone is named.",
    "es": "Hecho el {at} por {by} de {shop}, sobre {about}. Todas las horas son UTC si no se indica otra zona.",
}
_LETTER = {
    "en": "{received}: a message reached us ({via}), “{subject}”. Its text is in {file}. The time is from {clock}.",
    "es": "{received}: nos llegó un mensaje ({via}), «{subject}». Su texto está en {file}. La hora es de {clock}.",
}
_LETTER_GONE = {
    "en": "{received}: a message reached us ({via}). Its text was erased since and is no longer kept.",
    "es": "{received}: nos llegó un mensaje ({via}). Su texto se borró después y ya no se guarda.",
}
_REQUEST = {
    "en": "It was read as: {kind}. Decision: {verdict} ({reason}). Because of: {evidence}.",
    "es": "Se leyó como: {kind}. Decisión: {verdict} ({reason}). Por estas palabras: {evidence}.",
}
_SUPPRESSED = {
    "en": "{since}: no more marketing by {channel} ({id}). It is in force.",
    "es": "{since}: no más publicidad por {channel} ({id}). Sigue en vigor.",
}
_LIFTED = {
    "en": "{since}: no more marketing by {channel} ({id}); lifted at {lifted}.",
    "es": "{since}: no más publicidad por {channel} ({id}); se levantó el {lifted}.",
}
_EVENT = {"en": "{at}: {title}, by {actor}.", "es": "{at}: {title} ({actor})."}
_LIST = {
    "en": "{at}: the list {file} went to {recipient} with {carried}. Its manifest is {manifest}.",
    "es": "{at}: la lista {file} fue a {recipient} con {carried}. Su manifiesto es {manifest}.",
}
_LIST_RECORDED = {
    "en": "{at}: the list {file} went to {recipient} with {carried}. Its manifest is no longer with us; what was "
    "recorded of it is in proof.json. Ask {recipient} for the manifest.",
    "es": "{at}: la lista {file} fue a {recipient} con {carried}. Ya no tenemos su manifiesto; lo que se registró está "
    "en proof.json. Pida el manifiesto a {recipient}.",
}
_CHECK = {
    "en": [
        "On any computer with Python 3.8 or newer, in this folder:",
        "    python3 verify.py",
        "It says whether a file was changed, whether each event follows from the one before, and whether the record "
        "agrees with the manifests that left with the lists.",
        "Stronger: ask whoever got a list for their copy of its manifest, and run",
        "    python3 verify.py --manifest FILE",
        "You were told a fingerprint with this folder? python3 verify.py FINGERPRINT says whether it is the same. "
        "Without Python: sha256sum -c SHA256SUMS",
    ],
    "es": [
        "En cualquier computadora con Python 3.8 o más nuevo, en esta carpeta:",
        "    python3 verify.py",
        "Dice si se cambió un archivo, si cada hecho sigue al anterior, y si el registro concuerda con los manifiestos "
        "que salieron con las listas.",
        "Más fuerte: pida a quien recibió una lista su copia del manifiesto, y ejecute",
        "    python3 verify.py --manifest ARCHIVO",
        "¿Le dieron una huella con esta carpeta? python3 verify.py HUELLA dice si es la misma. "
        "Sin Python: sha256sum -c SHA256SUMS",
    ],
}  # fmt: skip
_MIND = {
    "en": [
        "proof.json holds the same facts for programs; ledger.jsonl is the stretch of our record that they stand in. "
        "Of events about others it holds only number, time, kind, who recorded it, and hashes.",
        "Of a message we keep what the writer wrote themselves, up to 8 KB; not its attachments.",
    ],
    "es": [
        "proof.json contiene los mismos hechos para programas; ledger.jsonl es el tramo del registro en que están. "
        "De hechos sobre otras personas contiene solo número, hora, clase, quién lo anotó, y huellas.",
        "De un mensaje guardamos lo que escribió la persona misma, hasta 8 KB; no sus adjuntos.",
    ],
}
_BLACKED = {
    "en": "What names other people is blacked out. Of such an event the hash is shown, but not what it is made from.",
    "es": "Lo que nombra a otras personas está tachado. De tal hecho se muestra la huella, pero no de qué se hizo.",
}
_LOOSE = {
    "en": "No list with a manifest has carried this yet, so no head of our record that left confirms it.",
    "es": "Ninguna lista con manifiesto lo ha llevado todavía, así que nada que haya salido lo confirma.",
}
