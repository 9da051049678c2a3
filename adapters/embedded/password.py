"""The password of the private database: made up once, kept in the data directory."""

import secrets
from pathlib import Path

from adapters.embedded.durable_file import write_durably
from adapters.embedded.errors import EmbeddedPostgresFailed

FILE = "postgres.password"


def read_password(data_dir: Path) -> str | None:
    try:
        return (data_dir / FILE).read_text().strip() or None
    except FileNotFoundError:
        return None


def password_for(data_dir: Path, cluster: Path) -> str:
    """Raise EmbeddedPostgresFailed when the cluster exists already and its password does not."""
    known = read_password(data_dir)
    if known is not None:
        return known
    if cluster.exists():
        raise EmbeddedPostgresFailed(
            f"The database in {cluster} cannot be opened because its password is gone from {data_dir / FILE}. "
            f"Put the file back, or move {cluster} away to begin with an empty database."
        )
    password = secrets.token_urlsafe(32)
    write_durably(data_dir / FILE, password)
    return password
