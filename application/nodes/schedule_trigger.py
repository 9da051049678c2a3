"""Started by the clock: carries when, and hands on what the tick brought."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeOutput
from domain.schedules.schedule import MissedPolicy, OverlapPolicy
from domain.schedules.specification import SHORTEST_INTERVAL, UTC_ZONE
from domain.values.json import JsonObject

SHORTEST_INTERVAL_MS: Final = SHORTEST_INTERVAL // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleTrigger:
    """Needs a cron expression of five or six fields, an interval, or both, of which the interval counts. An interval of
    0 is none. The policies are about ticks that nobody was there for, and ticks while an earlier run goes on.
    """

    type: ClassVar[str] = "schedule-trigger"
    category: ClassVar[str] = "trigger"
    is_independent: ClassVar[bool] = True

    cron: str | None
    interval_ms: int | float | None
    timezone: str = UTC_ZONE
    on_missed: MissedPolicy = MissedPolicy.SKIP
    on_overlap: OverlapPolicy = OverlapPolicy.ALLOW

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        cron = fields.text("cron").strip() or None
        interval_ms = fields.optional_number("intervalMs") or None
        if cron and len(cron.split()) not in (5, 6):
            fields.fault("cron", "malformed", '"cron" must have 5 or 6 fields with blanks between them')
        if interval_ms and interval_ms < SHORTEST_INTERVAL_MS:
            fields.fault("intervalMs", "out_of_range", f'"intervalMs" must be at least {SHORTEST_INTERVAL_MS}')
        if not cron and not interval_ms and not fields.faults:
            fields.fault("cron", "required", 'Either "cron" or "intervalMs" is required')
        return cls(
            cron=cron,
            interval_ms=interval_ms,
            timezone=fields.text("timezone", default=UTC_ZONE).strip(),
            on_missed=fields.choice("onMissed", MissedPolicy, default=MissedPolicy.SKIP),
            on_overlap=fields.choice("onOverlap", OverlapPolicy, default=OverlapPolicy.ALLOW),
        )

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        return NodeOutput.of({**received})
