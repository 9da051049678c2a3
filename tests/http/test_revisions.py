"""Nobody overwrites what they have not seen, unless they say nothing about it."""

import pytest

from tests.http.api import Person, refusal

OUTDATED = (412, "PRECONDITION_FAILED")


async def test_names_each_revision(person: Person) -> None:
    workflow = await person.draws()
    path = f"/api/workflows/{workflow}"
    first = (await person.get(path)).headers["etag"]
    renamed = await person.patch(path, json={"name": "Renamed"})
    assert renamed.headers["etag"] == (await person.get(path)).headers["etag"] != first
    assert renamed.json()["data"]["version"] == 1
    created = await person.post("/api/workflows", json={"name": "n", "nodes": renamed.json()["data"]["nodes"]})
    assert (
        created.headers["etag"] == (await person.get(f"/api/workflows/{created.json()['data']['id']}")).headers["etag"]
    )


async def test_changes_and_deletes_the_revision_that_is_meant(person: Person) -> None:
    path = f"/api/workflows/{await person.draws()}"
    tag = (await person.get(path)).headers["etag"]
    changed = await person.patch(path, json={"name": "One"}, headers={"If-Match": tag})
    assert changed.status_code == 200
    assert (await person.delete(path, headers={"If-Match": changed.headers["etag"]})).status_code == 200


async def test_refuses_a_stale_revision_and_changes_nothing(person: Person) -> None:
    path = f"/api/workflows/{await person.draws()}"
    stale = (await person.get(path)).headers["etag"]
    await person.patch(path, json={"name": "Theirs"})
    before = await person.get(path)
    for answer in (
        await person.patch(path, json={"name": "Mine"}, headers={"If-Match": stale}),
        await person.delete(path, headers={"If-Match": stale}),
    ):
        assert refusal(answer)[:2] == OUTDATED
    assert (await person.get(path)).json() == before.json()


@pytest.mark.parametrize("tag", ['W/"1"', '"x"', "1", '""', '"99999999999999999999"', "\xe4", ","])
async def test_matches_nothing_that_it_never_gave(person: Person, tag: str) -> None:
    path = f"/api/workflows/{await person.draws()}"
    answer = await person.patch(path, json={}, headers={"If-Match": tag.encode("latin-1")})
    assert refusal(answer)[:2] == OUTDATED


async def test_takes_a_list_of_revisions_or_any(person: Person) -> None:
    path = f"/api/workflows/{await person.draws()}"
    for tag in ('"7", "1"', "*"):
        assert (await person.patch(path, json={}, headers={"If-Match": tag})).status_code == 200


async def test_lets_the_last_change_win_without_a_revision(person: Person) -> None:
    path = f"/api/workflows/{await person.draws()}"
    for name in ("One", "Two"):
        assert (await person.patch(path, json={"name": name})).status_code == 200
    assert (await person.get(path)).json()["data"]["name"] == "Two"


async def test_looks_for_the_workflow_first(person: Person) -> None:
    answer = await person.patch("/api/workflows/nope", json={}, headers={"If-Match": '"1"'})
    assert refusal(answer) == (404, "NOT_FOUND", "Workflow not found")
