"""`rex keys`: keys to model providers, and the ring that seals them."""

import sys
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer

from application.maintenance.rotate_keys import Rotation
from domain.ids import ProviderKeyId
from domain.provider_keys.provider_key import Provider, ProviderKey
from domain.values.timestamps import timestamp
from entrypoints.cli.exit_codes import ExitCode
from entrypoints.cli.output import Format, FormatOption, out, print_json, print_table, say
from entrypoints.cli.session import ActorOption, Session, perform, read_id

app = typer.Typer(no_args_is_help=True, help="Keys to model providers.")


@app.command()
def add(
    provider: Annotated[Provider, typer.Argument(help="Whose key it is.")],
    actor: ActorOption,
    label: Annotated[str, typer.Option(help="How you call it.")] = "from the command line",
    key_stdin: Annotated[bool, typer.Option(help="Read the key from standard input.")] = False,
    output: FormatOption = Format.TEXT,
) -> None:
    """Leave a key with REX; it is asked for, never given on the command line, and never shown again."""
    secret = sys.stdin.readline().strip() if key_stdin else _asked_key()

    async def leave(session: Session) -> UUID:
        owner = await session.actor(actor)
        key_id: UUID = await session.container.add_provider_key()(
            owner_id=owner.id, provider=provider, secret=secret, label=label
        )
        return key_id

    key_id = perform(leave)
    if output is Format.JSON:
        print_json({"id": str(key_id)})
    else:
        out.print(f"Added a key for {provider} ({key_id})", markup=False)


@app.command("list")
def list_(actor: ActorOption, output: FormatOption = Format.TEXT) -> None:
    """List keys, the newest first: the first of a provider is the one that is used."""

    async def read(session: Session) -> Sequence[ProviderKey]:
        owner = await session.actor(actor)
        keys: Sequence[ProviderKey] = await session.container.list_provider_keys()(owner_id=owner.id)
        return keys

    rows = [[str(key.id), key.provider, key.label, timestamp(key.created_at)] for key in perform(read)]
    if output is Format.JSON:
        print_json([dict(zip(("id", "provider", "label", "createdAt"), row, strict=True)) for row in rows])
    else:
        print_table(f"Keys: {len(rows)}", ["id", "provider", "label", "created"], rows)


@app.command()
def delete(key_id: Annotated[str, typer.Argument(metavar="KEY_ID")], actor: ActorOption) -> None:
    """Take a key back."""

    async def take_back(session: Session) -> None:
        owner = await session.actor(actor)
        await session.container.delete_provider_key()(key_id=ProviderKeyId(read_id(key_id)), actor_id=owner.id)

    perform(take_back)
    say("Deleted")


@app.command()
def rotate(output: FormatOption = Format.TEXT) -> None:
    """Seal every stored secret with the first key of ENCRYPTION_KEYS, while REX runs on.

    Exit with 1 when something could not be opened: the key that sealed it is not in ENCRYPTION_KEYS.
    """

    async def seal(session: Session) -> Rotation:
        rotation: Rotation = await session.container.rotate_keys()()
        return rotation

    rotation = perform(seal)
    if output is Format.JSON:
        print_json({"resealed": rotation.resealed, "unreadable": list(rotation.unreadable)})
    else:
        out.print(f"Sealed anew: {rotation.resealed}", markup=False)
    for name in rotation.unreadable:
        say(f"Cannot be opened: {name}")
    if rotation.unreadable:
        sys.exit(ExitCode.UNEXPECTED)


def _asked_key() -> str:
    if not sys.stdin.isatty():
        raise typer.BadParameter("there is no terminal to ask on; use --key-stdin")
    answer: str = typer.prompt("Key", hide_input=True, err=True)
    return answer
