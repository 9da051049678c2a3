"""What a scheduled run gets."""

from domain.schedules.tick import Tick
from domain.values.json import JsonObject
from domain.values.timestamps import timestamp


def payload_of(tick: Tick) -> JsonObject:
    return {"_trigger": "schedule", "_scheduledAt": timestamp(tick.fire_at)}
