"""What the trigger nodes of a graph ask for, and what keeps some of them from ever firing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from application.nodes.config_reader import ConfigReader
from application.nodes.schedule_trigger import ScheduleTrigger
from application.ports.cron_calendar import CronCalendar
from domain.errors import Fault
from domain.ids import NodeId
from domain.schedules.schedule import Plan
from domain.schedules.specification import LONGEST_INTERVAL, MAX_CRON_LENGTH, Cron, Interval, Specification
from domain.workflows.graph import Graph, GraphNode

MOST_SCHEDULES: Final = 20
"""In one workflow; triggers beyond do not fire."""

_MILLISECOND: Final = timedelta(milliseconds=1)


def has_triggers(graph: Graph) -> bool:
    return any(node.type == ScheduleTrigger.type for node in graph.nodes)


def trigger_ids(graph: Graph) -> list[NodeId]:
    return [node.id for _, node in _triggers(graph)]


def read_plans(graph: Graph, calendar: CronCalendar) -> list[Plan]:
    """Those of the triggers that can fire."""
    read = [_read(node, calendar) for _, node in _triggers(graph)[:MOST_SCHEDULES]]
    return [plan for plan, faults in read if plan is not None and not faults]


def schedule_warnings(graph: Graph, calendar: CronCalendar) -> Iterator[Fault]:
    """Why triggers whose configs can be read will not fire all the same, or not as one might think; each with its path
    in the graph."""
    for position, (at, node) in enumerate(_triggers(graph)):
        if position >= MOST_SCHEDULES:
            yield Fault(("nodes", at), "too_many", f"Only the first {MOST_SCHEDULES} schedule triggers fire")
            continue
        plan, faults = _read(node, calendar)
        if plan is not None and isinstance(plan.specification, Interval) and ConfigReader(node.config).text("cron"):
            faults = [*faults, Fault(("cron",), "ignored", '"intervalMs" is set, so "cron" does not count')]
        yield from (Fault(("nodes", at, "config", *each.path), each.code, each.message) for each in faults)


def trigger_faults(graph: Graph, calendar: CronCalendar) -> Iterator[Fault]:
    """All that `schedule_warnings` says, and what cannot be read at all."""
    for at, node in _triggers(graph):
        fields = ConfigReader(node.config)
        ScheduleTrigger.configured(fields)
        yield from (Fault(("nodes", at, "config", *each.path), each.code, each.message) for each in fields.faults)
    yield from schedule_warnings(graph, calendar)


def _triggers(graph: Graph) -> list[tuple[int, GraphNode]]:
    return [(at, node) for at, node in enumerate(graph.nodes) if node.type == ScheduleTrigger.type]


def _read(node: GraphNode, calendar: CronCalendar) -> tuple[Plan | None, list[Fault]]:
    """No plan for a config that cannot be read, of which others complain."""
    fields = ConfigReader(node.config)
    trigger = ScheduleTrigger.configured(fields)
    if fields.faults:
        return None, []
    specification = _specification(trigger)
    faults = [
        *(_cron_faults(specification, calendar) if isinstance(specification, Cron) else _interval_faults(specification))
    ]
    plan = Plan(
        node_id=node.id,
        specification=specification,
        on_missed=trigger.on_missed,
        on_overlap=trigger.on_overlap,
    )
    return plan, faults


def _specification(trigger: ScheduleTrigger) -> Specification:
    """An interval comes first. One that is too long to be counted is as long as can be, and a fault."""
    if trigger.interval_ms:
        most = LONGEST_INTERVAL / _MILLISECOND + 1
        return Interval(period=int(min(trigger.interval_ms, most)) * _MILLISECOND)
    return Cron(expression=" ".join((trigger.cron or "").split()), timezone=trigger.timezone)


def _interval_faults(interval: Interval) -> Iterator[Fault]:
    if interval.period > LONGEST_INTERVAL:
        most = int(LONGEST_INTERVAL / _MILLISECOND)
        yield Fault(("intervalMs",), "out_of_range", f'"intervalMs" must be at most {most}')


def _cron_faults(cron: Cron, calendar: CronCalendar) -> Iterator[Fault]:
    knows_zone = calendar.knows_zone(cron.timezone)
    if not knows_zone:
        yield Fault(("timezone",), "unknown_zone", f'"timezone" must be a name such as Europe/Berlin: {cron.timezone}')
    if len(cron.expression) > MAX_CRON_LENGTH:
        yield Fault(("cron",), "too_long", f'"cron" must have at most {MAX_CRON_LENGTH} characters')
    elif (refusal := calendar.refusal(cron.expression)) is not None:
        yield Fault(("cron",), "malformed", f'"cron" cannot be read: {refusal}')
