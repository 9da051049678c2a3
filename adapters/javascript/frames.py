"""How a question and its answer travel between REX and an engine, and how large they may be.

A question is the seconds it may take and its length, sixteen bytes in all, and JSON; an answer is its length in eight
bytes and JSON.
"""

import struct
from typing import Final

QUESTION: Final = struct.Struct("!dQ")
ANSWER: Final = struct.Struct("!Q")

MOST_QUESTION_BYTES: Final = 16 << 20
MOST_VALUE_UNITS: Final = 16 << 20
"""Of a result as JSON, in UTF-16 code units."""
MOST_LINES: Final = 100
MOST_LINE_UNITS: Final = 2_000
MOST_ANSWER_BYTES: Final = 3 * MOST_VALUE_UNITS + 12 * MOST_LINES * MOST_LINE_UNITS
"""What those come to in UTF-8, with escapes for the console."""

READY: Final = b'{"outcome":"ready"}'
BEGUN: Final = b'{"outcome":"begun"}'
"""Said when a question has arrived whole: from here on whatever ends the process is the script's own doing."""
