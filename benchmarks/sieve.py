"""Does the sieve before postal matching ever stop a row that matching would not keep? Row by row, and how many pass.

python benchmarks/sieve.py [miami|mixed] [--rows 400000] [--post 100000] [--seed 7]
"""

import argparse
import csv
import io
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent)]

import invented_postal_lists as invented  # noqa: E402
from matching import _others as others  # noqa: E402
from matching import suppressed_of  # noqa: E402

from allegro_privacy.core import matching, scrub_row  # noqa: E402
from allegro_privacy.core.columns import AddressColumns, Columns  # noqa: E402
from allegro_privacy.core.matching_doors import doors_of_row  # noqa: E402
from allegro_privacy.core.matching_plan import corner_of  # noqa: E402
from allegro_privacy.core.scrub_plan import ScrubPlan  # noqa: E402
from allegro_privacy.lists.block_post import passing, watched  # noqa: E402
from allegro_privacy.lists.block_shape import shape_of  # noqa: E402
from allegro_privacy.lists.scrub import Delimited  # noqa: E402

FORM = Delimited(",", "utf-8", 6, Columns(names=((0,),), addresses=(AddressColumns((1,), (2,), (3,), (4,), (5,)),)))
AT_ONCE = 20_000


def blocks(made: invented.PostalList) -> Iterator[str]:
    rows = iter(made.rows)
    while some := list(islice(rows, AT_ONCE)):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(
            (r.name, r.line1, r.line2, r.city, r.state, r.zip) for r in some
        )
        yield text.getvalue()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", nargs="?", default="miami", choices=("miami", "mixed"))
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--post", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    made = getattr(invented, given.kind)(given.rows, 3_000, seed=given.seed)
    asked = [suppressed_of(number, each) for number, each in enumerate(made.requests)]
    everybody = [*asked, *islice(others(made)(), max(given.post - len(asked), 0))]
    plan = matching.make_plan(replace(each, id=f"S{number + 1}") for number, each in enumerate(everybody))
    corners, wanted = {corner_of(entry.door) for entry in plan.entries}, ScrubPlan(post=plan)
    rows = passed = seen = lost = unseen = 0
    spent = 0.0
    for text in blocks(made):
        start = time.process_time()
        shape = shape_of(text.encode(), FORM, True)
        assert shape is not None
        places = np.arange(len(shape.starts))
        passes = passing(shape, places, FORM.columns, wanted)
        watches = watched(shape, places, FORM.columns, wanted)
        spent += time.process_time() - start
        rows, passed, seen = rows + len(places), passed + int(passes.sum()), seen + int(watches.sum())
        for place, cells in enumerate(csv.reader(io.StringIO(text, newline=""))):
            row = scrub_row.row_of(cells, FORM.columns)
            lost += not passes[place] and matching.decide_row(row, plan) != matching.KEEP
            counts = not watches[place] and (d for one in row.addresses for d in doors_of_row(one))
            unseen += bool(counts) and any(corner_of(door) in corners for door in counts)
    shares = f"{passed / rows:.1%} pass, {seen / rows:.1%} are read beforehand"
    print(f"{rows:,} rows: {shares}, {spent / rows * 1e6:.1f} us each")
    print(f"stopped though matching would not keep them: {lost}; not read though they count: {unseen}")
    return 1 if lost or unseen else 0


if __name__ == "__main__":
    raise SystemExit(main())
