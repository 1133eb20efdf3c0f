"""The sieve before postal matching."""

import numpy as np

from allegro_privacy.core.columns import Columns
from allegro_privacy.core.matching import Plan
from allegro_privacy.core.scrub_plan import ScrubPlan
from allegro_privacy.lists.block_shape import Marks, Places, Shape


def post_tables(plan: Plan) -> None:
    pass


def passing(shape: Shape, rows: Places, columns: Columns, plan: ScrubPlan) -> Marks:
    return np.ones(len(rows), np.bool_)


def watched(shape: Shape, rows: Places, columns: Columns, plan: ScrubPlan) -> Marks:
    return np.ones(len(rows), np.bool_)
