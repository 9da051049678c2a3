from datetime import timedelta
from uuid import UUID

from domain.ids import UserId
from tests.http.api import PASSWORD, Api, Person, error_of, issue_paths, refusal

ADA = {"email": "ada@example.com", "name": "Ada L", "password": PASSWORD}


async def test_registers_and_hands_out_a_token_that_is_good_at_once(api: Api) -> None:
    answer = await api.client.post("/api/auth/register", json=ADA)
    assert answer.status_code == 201
    data = answer.json()["data"]
    assert set(data) == {"user", "token"}
    assert set(data["user"]) == {"id", "email", "name"}
    me = await api.client.get("/api/auth/me", headers={"Authorization": f"Bearer {data['token']}"})
    assert me.json() == {"success": True, "data": {"user": data["user"]}}


async def test_ignores_blanks_around_name_and_address(api: Api) -> None:
    answer = await api.client.post("/api/auth/register", json={**ADA, "email": " ada@example.com ", "name": " Ada "})
    user = answer.json()["data"]["user"]
    assert (user["email"], user["name"]) == ("ada@example.com", "Ada")


async def test_names_every_field_that_is_wrong_at_once(api: Api) -> None:
    answer = await api.client.post("/api/auth/register", json={"email": "nope", "name": "A", "password": "short"})
    assert refusal(answer) == (400, "VALIDATION_ERROR", "Invalid input")
    details = error_of(answer)["details"]
    assert set(details["fieldErrors"]) == {"email", "name", "password"}
    assert details["formErrors"] == []
    assert issue_paths(answer) == [["email"], ["name"], ["password"]]


async def test_names_every_field_that_is_missing(api: Api) -> None:
    answer = await api.client.post("/api/auth/register", json={})
    assert error_of(answer)["details"]["fieldErrors"] == {
        "email": ["Required"],
        "name": ["Required"],
        "password": ["Required"],
    }


async def test_refuses_blank_names_and_passwords(api: Api) -> None:
    answer = await api.client.post("/api/auth/register", json={**ADA, "name": "     ", "password": " " * 12})
    assert answer.status_code == 400
    assert issue_paths(answer) == [["name"], ["password"]]


async def test_knows_the_limits_of_each_field(api: Api) -> None:
    longest = {"email": "a" * 243 + "@example.com", "name": "n" * 255, "password": "p" * 128}
    assert (await api.client.post("/api/auth/register", json=longest)).status_code == 201
    too_long = {name: "x" + text for name, text in longest.items()}
    answer = await api.client.post("/api/auth/register", json=too_long)
    assert issue_paths(answer) == [["email"], ["name"], ["password"]]


async def test_passes_on_what_only_a_real_check_of_an_address_finds(api: Api) -> None:
    answer = await api.client.post("/api/auth/register", json={**ADA, "email": "ada..l@example.com"})
    assert refusal(answer) == (400, "VALIDATION_ERROR", "Invalid input")
    assert issue_paths(answer) == [["email"]]


async def test_lets_an_address_register_once_whatever_its_case(api: Api) -> None:
    await api.client.post("/api/auth/register", json=ADA)
    again = await api.client.post("/api/auth/register", json={**ADA, "email": "ADA@Example.com"})
    assert refusal(again) == (409, "USER_EXISTS", "User with this email already exists")


async def test_signs_in_with_the_right_password_whatever_the_case_of_the_address(api: Api) -> None:
    registered = await api.client.post("/api/auth/register", json=ADA)
    answer = await api.client.post("/api/auth/login", json={"email": "Ada@Example.COM", "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json()["data"]["user"] == registered.json()["data"]["user"]


async def test_says_the_same_about_unknown_addresses_and_wrong_passwords(api: Api) -> None:
    await api.client.post("/api/auth/register", json=ADA)
    wrong = await api.client.post("/api/auth/login", json={"email": ADA["email"], "password": "wrong"})
    unknown = await api.client.post("/api/auth/login", json={"email": "eve@example.com", "password": "wrong"})
    assert refusal(wrong) == (401, "INVALID_CREDENTIALS", "Invalid email or password")
    assert refusal(unknown) == refusal(wrong)


async def test_signing_in_needs_an_address_and_a_password(api: Api) -> None:
    answer = await api.client.post("/api/auth/login", json={"email": "nope", "password": ""})
    assert answer.status_code == 400
    assert issue_paths(answer) == [["email"], ["password"]]


async def test_turns_away_whoever_has_no_good_token(api: Api, person: Person) -> None:
    nobody = (401, "UNAUTHORIZED", "Invalid or expired token")
    for header in ("", "Bearer", "Bearer ", "Bearer nonsense", person.token, f"Basic {person.token}", "Bearer é"):
        answer = await api.client.get("/api/auth/me", headers=[(b"Authorization", header.encode("latin-1"))])
        assert refusal(answer) == nobody, header
        assert "www-authenticate" not in answer.headers
    assert refusal(await api.client.get("/api/auth/me")) == nobody


async def test_takes_the_scheme_in_any_case(person: Person) -> None:
    answer = await person.client.get("/api/auth/me", headers={"Authorization": f"bearer {person.token}"})
    assert answer.status_code == 200


async def test_turns_away_tokens_that_expired(api: Api, person: Person) -> None:
    api.clock.advance(timedelta(days=8))
    assert (await person.get("/api/auth/me")).status_code == 401


async def test_turns_away_tokens_of_users_that_are_gone(api: Api, person: Person) -> None:
    del api.store.rows.users[UserId(UUID(person.user["id"]))]
    api.clock.advance(timedelta(minutes=1))
    assert (await person.get("/api/auth/me")).status_code == 401


async def test_asks_who_calls_before_it_looks_at_anything_else(api: Api) -> None:
    no_body = await api.client.post("/api/workflows")
    wrong_type = await api.client.post("/api/workflows", content=b"<a/>", headers={"Content-Type": "text/xml"})
    malformed = await api.client.patch(
        "/api/workflows/none", content=b"{", headers={"Content-Type": "application/json"}
    )
    bad_query = await api.client.get("/api/workflows?page=0")
    assert {answer.status_code for answer in (no_body, wrong_type, malformed, bad_query)} == {401}


async def test_reads_little_from_strangers(api: Api) -> None:
    answer = await api.client.post("/api/auth/login", json={"email": "a" * 70_000, "password": "x"})
    assert refusal(answer) == (413, "PAYLOAD_TOO_LARGE", "The body is too large")
