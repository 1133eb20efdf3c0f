"""Make the second reader's weights (allegro_privacy/data/reader.json) from the texts in fixtures/reader.

    pip install '.[reader]' && python contrib/train_reader.py            # cross-validate: how well would it hear
    python contrib/train_reader.py --write                               # and write the weights

Each line of fixtures/reader/*.jsonl is one text as somebody might write it: {"kind", "subject", "text"}; kind "none"
for what asks for nothing that this program keeps. Texts are read as mail is: folded, spelled, cut into sentences. Of a
long text that holds a wish only the stretch that sounds most like one is learned, found by learning twice over.
"""

import argparse
import hashlib
import json
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from allegro_privacy import config
from allegro_privacy.core.fold import Folded
from allegro_privacy.core.letter import open_letter
from allegro_privacy.core.message import Origin, RawMessage
from allegro_privacy.core.reader import Reader, features_of, subject_features, windows
from allegro_privacy.sources.mime import parse
from allegro_privacy.workflow.judge import Judge, appoint

ROOT = Path(__file__).parent.parent
TEXTS = ROOT / "fixtures" / "reader"
WEIGHTS = ROOT / "allegro_privacy" / "data" / "reader.json"
MAIL = ROOT / "fixtures" / "mail"
NONE = "none"
KINDS = ("opt-out", "deletion", "access", "correction", "child-removal", "do-not-share")
ROUNDS = 2
# Features met less often are not learned; weights below this tell the kinds apart too little to be kept.
RARE = 3
TELLING = 0.5
SEED = 7


@dataclass(frozen=True, slots=True)
class Example:
    """One text: what it asks, and the features of its stretches."""

    kind: str
    stretches: list[list[str]]


def fingerprint() -> str:
    """The hash of every text that is learned from; a test holds the weights against it."""
    learned = [*sorted(TEXTS.glob("*.jsonl")), *sorted(MAIL.rglob("*.eml"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in learned)).hexdigest()[:16]


def examples(judge: Judge) -> list[Example]:
    """The texts, and the mail among the fixtures that people wrote."""
    rows = [
        json.loads(line)
        for path in sorted(TEXTS.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    read = [_example(row["kind"], judge.rules.fold(row["subject"]), judge.rules.fold(row["text"])) for row in rows]
    for path in sorted(MAIL.rglob("*.eml")):
        expected = tomllib.loads(path.with_suffix(".toml").read_text(encoding="utf-8"))
        kinds = [request["kind"] for request in expected.get("requests", ())]
        asks = any(kind in KINDS for kind in kinds)
        silent = expected["nature"] in ("personal", "agent") and not kinds and expected["decision"] == "ignore"
        if asks or silent:
            message = parse(RawMessage(path.read_bytes(), Origin("eml:", path.name)))
            letter = open_letter(message, judge.rules, judge.rules.markers, judge.shop)
            kind = next((kind for kind in kinds if kind in KINDS), NONE)
            read.append(_example(kind, letter.subject, letter.text))
    return read


def _example(kind: str, subject: Folded, text: Folded) -> Example:
    told = subject_features(subject.tokens)
    stretches = [[*features_of(text.tokens[start:end]), *told] for start, end in windows(text.tokens)]
    return Example(kind, stretches or [told])


class Model:
    """Two linear models over one vocabulary: is it a wish, and which. A word counts by how rare it is."""

    def __init__(self, learned: list[Example], strictness: float) -> None:
        rows = [stretch for example in learned for stretch in example.stretches]
        met = Counter(feature for row in rows for feature in set(row))
        self.place = {name: n for n, name in enumerate(sorted(name for name, times in met.items() if times >= RARE))}
        self.rarity = numpy.array([numpy.log((1 + len(rows)) / (1 + met[name])) + 1 for name in self.place])
        self.unknown = float((numpy.log(1 + len(rows)) + 1) ** 2)
        self.strictness = strictness
        wishes = [example for example in learned if example.kind != NONE]
        others = [stretch for example in learned if example.kind == NONE for stretch in example.stretches]
        # Of a long text only the stretch that sounds most like a wish is one: found by learning a few times over.
        chosen = [max(example.stretches, key=len) for example in wishes]
        for _ in range(ROUNDS):
            self.wish = self._fit(chosen + others, [True] * len(chosen) + [False] * len(others))
            chosen = [example.stretches[int(self.strengths(example.stretches).argmax())] for example in wishes]
        self.kind = self._fit(chosen, [example.kind for example in wishes])

    def _fit(self, rows: list[list[str]], labels: list) -> LogisticRegression:
        model = LogisticRegression(C=self.strictness, max_iter=1000, random_state=SEED)
        return model.fit(self.matrix(rows), labels)

    def matrix(self, rows: list[list[str]]) -> csr_matrix:
        at, to, values = [], [], []
        for n, row in enumerate(rows):
            places = [self.place[feature] for feature in row if feature in self.place]
            weights = self.rarity[places]
            unknown = (len(row) - len(places)) * self.unknown
            at += [n] * len(places)
            to += places
            values += list(weights / (numpy.sqrt((weights**2).sum() + unknown) or 1))
        return csr_matrix((values, (at, to)), shape=(len(rows), len(self.place)))

    def strengths(self, rows: list[list[str]]) -> numpy.ndarray:
        return self.wish.decision_function(self.matrix(rows))

    def table(self) -> dict:
        """The weights as data/reader.json holds them."""
        wish, kinds = self.wish.coef_[0], self.kind.coef_
        return {
            "learned_from": fingerprint(),
            "kinds": [str(kind) for kind in self.kind.classes_],
            "unknown": round(self.unknown, 1),
            "bias": round(float(self.wish.intercept_[0]), 3),
            "kind_bias": [round(float(value), 3) for value in self.kind.intercept_],
            "weights": {
                name: [round(float(wish[n] * self.rarity[n]), 1), round(float(self.rarity[n] ** 2), 1)]
                for name, n in self.place.items()
            },
            "kind_weights": {
                name: [round(float(value * self.rarity[n]), 1) for value in kinds[:, n]]
                for name, n in self.place.items()
                if abs(kinds[:, n]).max() > TELLING
            },
        }


def cross_validate(read: list[Example], strictness: float) -> None:
    """Print which share of unseen wishes is heard when so many of the other texts sound like one too."""
    labels = [example.kind for example in read]
    strength, kinds = numpy.zeros(len(read)), numpy.array(labels, dtype=object)
    for learned, unseen in StratifiedKFold(5, shuffle=True, random_state=SEED).split(labels, labels):
        model = Model([read[n] for n in learned], strictness)
        for n in unseen:
            scores = model.strengths(read[n].stretches)
            strength[n] = scores.max()
            kinds[n] = model.kind.predict(model.matrix([read[n].stretches[int(scores.argmax())]]))[0]
    wish = numpy.array([label != NONE for label in labels])
    print(f"{len(read):,} texts, {wish.sum():,} of them wishes; strictness {strictness}")
    for share in (0.005, 0.01, 0.02, 0.05, 0.1):
        limit = float(numpy.quantile(strength[~wish], 1 - share))
        print(
            f"  {share:6.1%} of the others asked: {(strength[wish] > limit).mean():.3f} heard (strength > {limit:.2f})"
        )
    for lost in (0.005, 0.01, 0.02):
        limit = float(numpy.quantile(strength[wish], lost))
        print(
            f"  {lost:6.1%} of the wishes doubted: {(strength[~wish] < limit).mean():.3f} of the others (< {limit:.2f})"
        )
    right = kinds[wish] == numpy.array(labels, dtype=object)[wish]
    print(f"  the right kind: {right.mean():.3f}")


def _written(table: dict) -> str:
    """JSON with one feature a line, so that a change of weights can be read."""
    rows = {
        key: "{\n"
        + ",\n".join(f"{json.dumps(k, ensure_ascii=False)}:{json.dumps(v)}" for k, v in value.items())
        + "\n}"
        if isinstance(value, dict)
        else json.dumps(value)
        for key, value in table.items()
    }
    return "{\n" + ",\n".join(f'"{key}": {value}' for key, value in rows.items()) + "\n}"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true")
    options.add_argument("--strictness", type=float, default=10.0)
    chosen = options.parse_args()
    read = examples(appoint(config.parse(config.sample(), None)))
    cross_validate(read, chosen.strictness)
    if chosen.write:
        table = Model(read, chosen.strictness).table()
        Reader(table)
        WEIGHTS.write_text(_written(table) + "\n", encoding="utf-8")
        print(f"wrote {WEIGHTS.relative_to(ROOT)}: {len(table['weights']):,} weights")
    return 0


if __name__ == "__main__":
    sys.exit(main())
