from litestar import Controller, get, post
from litestar.params import JSONBody

from application.accounts.issue_token import IssueToken
from application.accounts.log_in import LogIn
from application.accounts.log_out_everywhere import LogOutEverywhere
from application.accounts.register_user import RegisterUser
from application.accounts.show_me import ShowMe
from entrypoints.http.admission import NEEDS, PUBLIC
from entrypoints.http.client_address import client_address
from entrypoints.http.envelope import Success, public_refusals, refusals, success
from entrypoints.http.request import RexRequest
from entrypoints.http.schemas.access_tokens import LoggedOut
from entrypoints.http.schemas.accounts import Credentials, Me, Registration, SignedIn, UserRecord
from entrypoints.http.services import Given
from entrypoints.settings import Settings


class AccountController(Controller):
    """Open to everybody, so nobody gets to make it read much."""

    path = "/api/auth"
    tags = ("accounts",)
    request_max_body_size = 64 * 1024

    @post(
        "/register", status_code=201, opt={PUBLIC: True}, security=[{}], responses=public_refusals(400, 409, 413, 415)
    )
    async def register(
        self, data: JSONBody[Registration], register_user: Given[RegisterUser], issue_token: Given[IssueToken]
    ) -> Success[SignedIn]:
        """Sign up; the token is good at once."""
        user = await register_user(email=data.email, name=data.name, password=data.password)
        return success(SignedIn(user=UserRecord.of(user), token=issue_token(user)))

    @post("/login", status_code=200, opt={PUBLIC: True}, security=[{}], responses=public_refusals(400, 401, 413, 415))
    async def log_in_with_password(
        self,
        request: RexRequest,
        data: JSONBody[Credentials],
        log_in: Given[LogIn],
        issue_token: Given[IssueToken],
        settings: Given[Settings],
    ) -> Success[SignedIn]:
        """Sign in."""
        source = client_address(request.scope, settings.trusted_proxies)
        user = await log_in(email=data.email, password=data.password, source=source)
        return success(SignedIn(user=UserRecord.of(user), token=issue_token(user)))

    @get("/me", responses=refusals(400, 404))
    async def me(self, request: RexRequest, show_me: Given[ShowMe]) -> Success[Me]:
        """Whose token this is."""
        return success(Me(user=UserRecord.of(await show_me(request.user))))

    @post("/logout-everywhere", status_code=200, opt={NEEDS: None}, responses=refusals(400, 404))
    async def log_out_of_everything(
        self, request: RexRequest, log_out_everywhere: Given[LogOutEverywhere]
    ) -> Success[LoggedOut]:
        """Let every token of the caller die: this one, all others from signing in, and all access tokens."""
        await log_out_everywhere(request.user)
        return success(LoggedOut())
