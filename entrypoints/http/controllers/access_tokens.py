from litestar import Controller, delete, get, post
from litestar.params import FromPath, JSONBody

from application.access_tokens.create_access_token import CreateAccessToken
from application.access_tokens.list_access_tokens import ListAccessTokens
from application.access_tokens.revoke_access_token import RevokeAccessToken
from entrypoints.http.admission import NEEDS
from entrypoints.http.envelope import Success, refusals, success
from entrypoints.http.path_ids import to_access_token_id
from entrypoints.http.request import RexRequest
from entrypoints.http.schemas.access_tokens import AccessTokenMade, AccessTokenOrder, AccessTokenRecord
from entrypoints.http.schemas.workflows import Deleted
from entrypoints.http.services import Given


class AccessTokenController(Controller):
    """For people only: a token that could make tokens would never die."""

    path = "/api/auth/tokens"
    tags = ("accounts",)
    request_max_body_size = 64 * 1024
    opt = {NEEDS: None}  # noqa: RUF012 - litestar's way of declaring it

    @post(status_code=201, responses=refusals(400, 409, 413, 415))
    async def create(
        self, request: RexRequest, data: JSONBody[AccessTokenOrder], create_access_token: Given[CreateAccessToken]
    ) -> Success[AccessTokenMade]:
        """Make a token for a program, good for `read`, `run` or `write` and for so many days. It is shown this once."""
        made = await create_access_token(
            owner_id=request.user, name=data.name, scopes=data.scopes, lifetime=data.lifetime
        )
        return success(AccessTokenMade.with_secret(made))

    @get(responses=refusals(400))
    async def list_mine(
        self, request: RexRequest, list_access_tokens: Given[ListAccessTokens]
    ) -> Success[list[AccessTokenRecord]]:
        """The caller's tokens, newest first: at most 100, and never their secrets."""
        tokens = await list_access_tokens(owner_id=request.user)
        return success([AccessTokenRecord.of(token) for token in tokens])

    @delete("/{token_id:str}", status_code=200, responses=refusals(400, 404))
    async def revoke(
        self, request: RexRequest, token_id: FromPath[str], revoke_access_token: Given[RevokeAccessToken]
    ) -> Success[Deleted]:
        """Let a token die, within seconds everywhere."""
        await revoke_access_token(token_id=to_access_token_id(token_id), actor_id=request.user)
        return success(Deleted())
