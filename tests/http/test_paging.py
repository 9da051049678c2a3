import pytest

from tests.http.api import Api, Person, error_of, issue_paths, refusal


@pytest.fixture(scope="module")
def api(lasting_api: Api) -> Api:
    return lasting_api


LISTS = ["/api/workflows", "/api/workflows/active"]
LARGEST = 9007199254740991
OUT_OF_RANGE = ["0", "-1", "", "%20", str(LARGEST + 1), "9" * 5000, "1e400", "Infinity"]
NO_PAGES = [*OUT_OF_RANGE, "1.5", "x", "NaN", "true", "null", "%00", "%FF", "\u0661", "1&page=2"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("page", NO_PAGES)
async def test_refuses_pages_that_do_not_exist(person: Person, path: str, page: str) -> None:
    answer = await person.get(f"{path}?page={page}")
    assert refusal(answer) == (400, "VALIDATION_ERROR", "Invalid query params")
    assert issue_paths(answer) == [["page"]]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=-5", "limit=", "limit=2.5", "limit=5&limit=5"])
async def test_refuses_limits_out_of_range(person: Person, query: str) -> None:
    answer = await person.get(f"/api/workflows?{query}")
    assert refusal(answer) == (400, "VALIDATION_ERROR", "Invalid query params")
    assert issue_paths(answer) == [["limit"]]


async def test_names_both_faults_at_once(person: Person) -> None:
    answer = await person.get("/api/workflows?limit=201&page=0")
    assert set(error_of(answer)["details"]["fieldErrors"]) == {"page", "limit"}


async def test_refuses_bad_pages_of_runs(person: Person) -> None:
    workflow_id = await person.draws()
    answer = await person.get(f"/api/workflows/{workflow_id}/executions?page=0")
    assert refusal(answer) == (400, "VALIDATION_ERROR", "Invalid query params")


@pytest.mark.parametrize("text", ["2", "2.0", "2e0", "%202%20", "+2", "%2B2", "0x2"])
async def test_reads_every_spelling_of_a_whole_number(person: Person, text: str) -> None:
    meta = (await person.get(f"/api/workflows?page={text}&limit=3")).json()["meta"]
    assert meta == {"total": 0, "page": 2, "limit": 3, "totalPages": 0}


async def test_a_page_past_the_end_is_empty(person: Person) -> None:
    await person.draws()
    for page in (2, 10**9, LARGEST):
        answer = await person.get(f"/api/workflows?page={page}&limit=100")
        assert answer.status_code == 200
        assert answer.json()["data"] == []
        assert answer.json()["meta"] == {"total": 1, "page": page, "limit": 100, "totalPages": 1}


async def test_cuts_lists_into_pages(person: Person) -> None:
    drawn = {await person.draws() for _ in range(5)}
    pages = [(await person.get(f"/api/workflows?page={page}&limit=2")).json() for page in (1, 2, 3)]
    assert [len(page["data"]) for page in pages] == [2, 2, 1]
    assert {record["id"] for page in pages for record in page["data"]} == drawn
    assert {page["meta"]["totalPages"] for page in pages} == {3}


async def test_does_not_mind_parameters_it_does_not_know(person: Person) -> None:
    assert (await person.get("/api/workflows?sort=name&sort=age&")).status_code == 200
