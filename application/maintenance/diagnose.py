"""Say what is wrong with a REX, and what mends it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.examination import Diagnosis, Examination
from domain.errors import DomainError


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnose:
    """Makes every examination, one after the other, whatever comes of the others. Never raises.

    One that cannot be made, or is not done within `patience_seconds`, is reported as unknown. Of unexpected failures
    only the kind is told: their texts may hold addresses and passwords.
    """

    examinations: Sequence[Examination]
    patience_seconds: float = 600.0

    async def __call__(self) -> Sequence[Diagnosis]:
        return [diagnosis for each in self.examinations for diagnosis in await self._made(each)]

    async def _made(self, examination: Examination) -> Sequence[Diagnosis]:
        try:
            async with asyncio.timeout(self.patience_seconds):
                return await examination()
        except TimeoutError:
            return [Diagnosis.unknown(examination.check, f"Not done within {self.patience_seconds:g} s")]
        except DomainError as failure:
            return [Diagnosis.unknown(examination.check, f"Cannot be looked at: {failure}")]
        except Exception as failure:
            return [Diagnosis.unknown(examination.check, f"Cannot be looked at: {type(failure).__name__}")]
