"""How to reach the private database."""

from dataclasses import dataclass, field
from urllib.parse import quote, urlencode


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresAddress:
    """`host` is the directory of the Unix socket. The password appears in `url` only, so do not print that."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str

    @property
    def url(self) -> str:
        """A connection string for asyncpg and libpq."""
        who = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        where = urlencode({"host": self.host, "port": self.port}, quote_via=quote)
        return f"postgresql://{who}@/{quote(self.database, safe='')}?{where}"
