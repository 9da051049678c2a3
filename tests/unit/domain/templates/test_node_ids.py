"""Ids of drawn nodes say which node of the template they are, to those who know the key."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from domain.templates.node_ids import is_marked, marked_id


@given(seed=st.uuids(), key=st.text(), other=st.text())
def test_an_id_is_recognised_by_its_key_alone(seed: UUID, key: str, other: str) -> None:
    node_id = marked_id(seed, key)
    assert is_marked(node_id, key)
    assert is_marked(node_id.upper(), key)
    assert is_marked(node_id, other) == (key == other)


@given(seed=st.uuids())
def test_it_is_a_uuid_that_says_it_is_made_up(seed: UUID) -> None:
    written = UUID(marked_id(seed, "answer"))
    assert written.version == 8
    assert str(written) == marked_id(seed, "answer")


def test_other_ids_are_nobodys() -> None:
    assert not any(is_marked(str(uuid4()), "answer") for _ in range(100))
    assert not is_marked("no id", "answer")


def test_another_drawing_has_other_ids() -> None:
    assert marked_id(uuid4(), "answer") != marked_id(uuid4(), "answer")
