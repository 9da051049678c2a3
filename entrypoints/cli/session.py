"""What every command needs: settings, a database, the use cases, and who is asking.

The adapters take most of a second to load, so they are loaded once a command really needs them: help, wrong usage
and a missing REX are answered at once.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Annotated, Final, TypeVar
from uuid import UUID

import typer

from domain.accounts.errors import NoAccountYet, WhoseAccount
from domain.accounts.user import User
from domain.errors import DomainError, Invalid
from entrypoints.cli import loading
from entrypoints.cli.exit_codes import ExitCode, exit_code_of
from entrypoints.cli.output import err, print_error, say
from entrypoints.settings import Mode, Settings, SettingsRefused, data_dir_of, has_data, read_settings

if TYPE_CHECKING:
    from entrypoints.container import RexContainer

Answer = TypeVar("Answer")

NEWCOMER: Final = "newcomer@example.com"

ActorOption = Annotated[
    str,
    typer.Option(
        "--as",
        envvar="REX_USER",
        metavar="EMAIL",
        default_factory=str,
        show_default=False,
        help="Whose workflows these are; not needed where there is one account.",
    ),
]


@dataclass(frozen=True, slots=True)
class Session:
    """`works_alone` when no REX is running on this database: nobody but this command could execute a run."""

    settings: Settings
    container: "RexContainer"
    works_alone: bool

    @asynccontextmanager
    async def helping_out(self) -> AsyncIterator[None]:
        """Where no REX is running, this process works off what is accepted meanwhile: nobody else would."""
        if not self.works_alone:
            yield
            return
        from entrypoints.worker.main import working

        async with working(self.container):
            yield

    async def actor(self, email: str) -> User:
        """Whose address that is; blank for the only account. Raise UserNotFound, NoAccountYet or WhoseAccount."""
        try:
            return await self._found(email)
        except NoAccountYet:
            say("Create one: rex user create EMAIL --name NAME")
            raise

    async def actor_or_newcomer(self, email: str) -> User:
        """As `actor`; whoever tries a new REX out gets an account, and is told how to sign in."""
        try:
            return await self._found(email)
        except NoAccountYet:
            if self.settings.mode is Mode.PRODUCTION:
                raise
        password = token_urlsafe(12)
        user: User = await self.container.register_user()(email=NEWCOMER, name="Newcomer", password=password)
        say(f"There was no account, so one was created: {user.email} with the password {password}")
        return user

    async def _found(self, email: str) -> User:
        try:
            user: User = await self.container.find_user()(email=email or None)
        except WhoseAccount:
            say("Name one with --as EMAIL, or set REX_USER")
            raise
        return user


def perform(command: Callable[[Session], Awaitable[Answer]], *, makes_rex: bool = False) -> Answer:
    """Run one command to its end and turn what it refuses into words and an exit code.

    With `makes_rex` it begins where there is no REX yet, as `rex up` does.
    """
    return guarded(lambda: asyncio.run(_in_session(command, makes_rex=makes_rex)))


def guarded(action: Callable[[], Answer]) -> Answer:
    try:
        return action()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as failure:
        if _refuses_to_start(failure):
            err.print(f"Error: {failure}", style="red", markup=False)
            sys.exit(ExitCode.REFUSED_TO_START)
        if not isinstance(failure, DomainError):
            raise
        print_error(failure)
        sys.exit(exit_code_of(failure))


def _refuses_to_start(failure: Exception) -> bool:
    if isinstance(failure, SettingsRefused):
        return True
    from entrypoints.container import StartRefused

    return isinstance(failure, StartRefused)


async def _in_session(command: Callable[[Session], Awaitable[Answer]], *, makes_rex: bool) -> Answer:
    is_new, where = not has_data(), data_dir_of(os.environ)
    if is_new and not makes_rex:
        raise SettingsRefused(f"There is no REX in {where}: start one with `rex up`, or set REX_DATA_DIR")
    settings = read_settings()
    if is_new:
        say(f"There is no REX in {where} yet, so one is made")
    async with opened_session(settings) as session:
        return await command(session)


@asynccontextmanager
async def opened_session(settings: Settings) -> AsyncIterator[Session]:
    from entrypoints.container import configure_logs, migrate
    from entrypoints.database import reached_database
    from entrypoints.system import opened_container

    loading.is_done()
    configure_logs("error")
    async with reached_database(settings, say) as database:
        if database.is_ours:
            await migrate(database.url)
        async with opened_container(settings, database.url) as container:
            yield Session(settings, container, works_alone=database.is_ours)


def read_id(text: str) -> UUID:
    """Raise Invalid for what is no id."""
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(f"{text!r} is not an id") from None
