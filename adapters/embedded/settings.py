"""How the private server is set up: for a small machine, losing nothing."""

import os
from contextlib import suppress
from pathlib import Path

from adapters.embedded.cluster import Cluster
from adapters.embedded.socket_directory import PORT

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
SMALL = {
    "max_connections": "100",
    "min_wal_size": "80MB",
    "max_wal_size": "512MB",
    # Nobody replicates from it.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    # Both fail in containers: reserved pages run out, and so does /dev/shm (64 MB) in parallel index builds.
    "huge_pages": "off",
    "max_parallel_maintenance_workers": "0",
    "jit": "off",
    # Documents that come by the thousand leave half of their index behind them each minute.
    "autovacuum_naptime": "10s",
}
LOGGING = {"logging_collector": "off", "log_destination": "stderr", "log_checkpoints": "off", "log_timezone": "UTC"}


LEAST_BUFFERS, MOST_BUFFERS = 128, 512
"""Megabytes. A graph of 100,000 vectors takes 150, and searching what is not in buffers takes twice as long."""
MEMORY_LIMIT = Path("/sys/fs/cgroup/memory.max")


def shared_buffers(memory: int) -> str:
    """An eighth of the machine's memory (in bytes), within bounds."""
    return f"{min(max(memory >> 23, LEAST_BUFFERS), MOST_BUFFERS)}MB"


def memory_of_machine() -> int:
    """In bytes; in a container, what it may take."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):  # no such file, or "max"
        memory = min(memory, int(MEMORY_LIMIT.read_text()))
    return memory


def command_line(cluster: Cluster, socket_directory: Path) -> list[str]:
    """The arguments of `postgres`. They win over whatever the cluster's own configuration file says."""
    own = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(socket_directory),
        "timezone": "UTC",
        "shared_buffers": shared_buffers(memory_of_machine()),
    }
    settings = own | DURABLE | SMALL | LOGGING
    return [*cluster.first_arguments, *(part for key, value in settings.items() for part in ("-c", f"{key}={value}"))]
