"""`rex doctor`: what is wrong, and what mends it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from application.ports.examination import Condition, Diagnosis
from domain.errors import Unavailable
from entrypoints.cli.exit_codes import ExitCode
from entrypoints.cli.output import Format, FormatOption, out, print_json, say
from entrypoints.cli.session import guarded
from entrypoints.settings import Settings, SettingsRefused, data_dir_of, names_database, read_settings

if TYPE_CHECKING:
    from entrypoints.container import RexContainer

MARKS = {Condition.SOUND: "ok  ", Condition.TROUBLE: "BAD ", Condition.UNKNOWN: "?   "}


def doctor(output: FormatOption = Format.TEXT) -> None:
    """Examine this REX, running or not: settings, database, Redis, clocks, what waits too long, secrets, records.

    Exit with 0 when all is sound, 11 when there is trouble, 8 when there is none but something could not be looked at.
    """
    diagnoses = guarded(lambda: asyncio.run(_diagnosed()))
    if output is Format.JSON:
        is_sound = _exit_code(diagnoses) is ExitCode.OK
        print_json({"isSound": is_sound, "diagnoses": [_written(each) for each in diagnoses]})
    else:
        for each in diagnoses:
            out.print(f"{MARKS[each.condition]} {each.check}: {each.detail}", markup=False)
            if each.remedy:
                out.print(f"     {each.remedy}", markup=False)
    sys.exit(_exit_code(diagnoses))


def _exit_code(diagnoses: Sequence[Diagnosis]) -> ExitCode:
    found = {each.condition for each in diagnoses}
    if Condition.TROUBLE in found:
        return ExitCode.TROUBLE_FOUND
    return ExitCode.UNAVAILABLE if Condition.UNKNOWN in found else ExitCode.OK


def _written(diagnosis: Diagnosis) -> dict[str, str]:
    return {
        "check": diagnosis.check,
        "condition": diagnosis.condition.value,
        "detail": diagnosis.detail,
        "remedy": diagnosis.remedy,
    }


async def _diagnosed() -> Sequence[Diagnosis]:
    """Only what can be looked at with the settings as they are. Where there is no REX, none is made: not even its
    secrets, which come with reading the settings."""
    if not _is_there():
        remedy = "Start one with `rex up`, or set REX_DATA_DIR or DATABASE_URL to where there is one"
        return [Diagnosis.trouble("settings", f"There is no REX in {data_dir_of(os.environ)}", remedy=remedy)]
    try:
        settings = read_settings()
    except SettingsRefused as refusal:
        remedy = "Set what is named, and run `rex doctor` again: nothing else can be looked at before"
        return [Diagnosis.trouble("settings", fault, remedy=remedy) for fault in str(refusal).splitlines()]
    return [Diagnosis.sound("settings", f"can be used, for {settings.mode}"), *(await _examined(settings))]


def _is_there() -> bool:
    from entrypoints.container import keeps_postgres

    return names_database(os.environ) or keeps_postgres(data_dir_of(os.environ))


async def _examined(settings: Settings) -> Sequence[Diagnosis]:
    from entrypoints.container import StartRefused

    try:
        async with _reached(settings) as container:
            found: Sequence[Diagnosis] = await container.diagnose()()
            return found
    except StartRefused as refusal:
        remedy = "Do what the sentence says, and run `rex doctor` again: nothing else can be looked at before"
        return [Diagnosis.trouble("start", str(refusal), remedy=remedy)]


@asynccontextmanager
async def _reached(settings: Settings) -> AsyncIterator["RexContainer"]:
    """The use cases, even when the database is not there."""
    from entrypoints.container import RexContainer, configure_logs
    from entrypoints.database import reached_database

    configure_logs("error")
    async with reached_database(settings, say) as database:
        container = RexContainer(settings=settings, database_url=database.url)
        await _opened(container)
        try:
            yield container
        finally:
            await container.patient_database().close()
            if (redis := container.redis()) is not None:
                await redis.aclose()
            await container.provider_http().aclose()


async def _opened(container: "RexContainer") -> None:
    try:
        await container.patient_database().open()
    except Unavailable as outage:
        say(str(outage))
