"""The best of many slots are found without sorting all of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from adapters.postgres.bm25 import BLOCK, best_slots

SCORES = st.lists(st.sampled_from([0.0, 0.0, 1e-45, 0.25, 0.5, 1.0, 2.5]), max_size=12 * BLOCK)


@given(SCORES, st.integers(1, 15))
def test_are_those_that_sorting_all_would_find(scores: list[float], most: int) -> None:
    given_scores = np.array(scores, np.float32)
    scored = [slot for slot, score in enumerate(given_scores) if score > 0]
    assert best_slots(given_scores, most) == sorted(scored, key=lambda slot: (-given_scores[slot], slot))[:most]
