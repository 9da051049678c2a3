"""What turns schedule triggers into schedules, with the real calendar."""

from datetime import datetime

from adapters.cron.cronsim_calendar import CronSimCalendar
from application.nodes.catalogue import CATALOGUE
from application.ports.id_generator import IdGenerator
from application.schedules.derive_schedules import DeriveSchedules
from application.schedules.settle_overdue import SettleOverdue
from application.schedules.timetables import Timetables
from application.workflows.config_warnings import ConfigWarnings
from domain.values.json import Json
from domain.workflows.graph import Graph
from tests.fakes.ids import FakeIds
from tests.make import a_graph, a_node

CALENDAR = CronSimCalendar()
TIMETABLES = Timetables(CALENDAR)
CONFIG_WARNINGS = ConfigWarnings(catalogue=CATALOGUE, calendar=CALENDAR)


def deriving(ids: IdGenerator | None = None) -> DeriveSchedules:
    ids = ids or FakeIds()
    return DeriveSchedules(timetables=TIMETABLES, ids=ids, settle_overdue=settling(ids))


def settling(ids: IdGenerator) -> SettleOverdue:
    return SettleOverdue(timetables=TIMETABLES, ids=ids)


def triggered(**config: Json) -> Graph:
    """One schedule trigger, and what it leads to."""
    return a_graph("a>b", nodes={"a": a_node("a", "schedule-trigger", config)})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)
