"""`rex user`: accounts."""

import sys
from typing import Annotated

import typer

from domain.accounts.user import User
from domain.values.timestamps import timestamp
from entrypoints.cli.output import Format, FormatOption, out, print_json
from entrypoints.cli.session import Session, perform

app = typer.Typer(no_args_is_help=True, help="Accounts.")


@app.command()
def create(
    email: Annotated[str, typer.Argument(help="The address that signs in.")],
    name: Annotated[str, typer.Option(help="How the person is called.")],
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
    output: FormatOption = Format.TEXT,
) -> None:
    """Create an account; the password is asked for, never given on the command line."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else _asked_password()

    async def register(session: Session) -> User:
        user: User = await session.container.register_user()(email=email, name=name, password=password)
        return user

    user = perform(register)
    if output is Format.JSON:
        print_json(
            {"id": str(user.id), "email": user.email, "name": user.name, "createdAt": timestamp(user.created_at)}
        )
    else:
        out.print(f"Created {user.email} ({user.id})", markup=False)


def _asked_password() -> str:
    if not sys.stdin.isatty():
        raise typer.BadParameter("there is no terminal to ask on; use --password-stdin")
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return answer
