"""PostgreSQL's settings for one city's register, on a machine of two cores and eight gigabytes or more."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from gis.errors import BadRequest

MEBIBYTE = 2**20
ROOMY_SHARED_MEMORY = 512 * MEBIBYTE

SETTINGS: Mapping[str, str] = {
    # Memory. shared_buffers and effective_cache_size follow the machine: see memory_settings.
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_connections": "60",
    # One act locks many grid cells and features, and history makes many tables.
    "max_locks_per_transaction": "256",
    # Planning: solid-state disks; short statements, which compiling would only delay.
    "random_page_cost": "1.1",
    "effective_io_concurrency": "200",
    "jit": "off",
    # One helper beside each query: both cores, and a second query still gets a share.
    "max_parallel_workers": "2",
    "max_parallel_workers_per_gather": "1",
    "max_parallel_maintenance_workers": "1",
    # An acknowledged act is on the disk.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_compression": "lz4",
    "checkpoint_timeout": "15min",
    "max_wal_size": "4GB",
    "min_wal_size": "512MB",
    # Geometry is long; this unpacks several times faster than the old default.
    "default_toast_compression": "lz4",
    # A query whose asker has hung up ends.
    "client_connection_check_interval": "10s",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "cluster_name": "qala",
    # A week of logs, no personal data in them.
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_min_duration_statement": "5s",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    # Details of an error quote whole rows.
    "log_error_verbosity": "terse",
}


def memory_settings() -> dict[str, str]:
    """Return the settings that follow this machine's memory: an eighth of it, at most 1 GiB, for shared buffers."""
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEBIBYTE
    settings = {
        "shared_buffers": f"{max(64, min(1024, megabytes // 8))}MB",
        "effective_cache_size": f"{max(256, megabytes // 2)}MB",
    }
    if _shared_memory_is_cramped():
        settings["dynamic_shared_memory_type"] = "mmap"
    return settings


def _shared_memory_is_cramped() -> bool:
    """Containers often give /dev/shm 64 MB: too little for parallel queries."""
    try:
        volume = os.statvfs("/dev/shm")  # noqa: S108 - the kernel's own place, only measured
    except OSError:
        return True
    return volume.f_frsize * volume.f_blocks < ROOMY_SHARED_MEMORY


def configuration(port: int, sockets: Path, logs: Path, extra: Mapping[str, str]) -> str:
    """Write ``postgresql.conf``.

    Args:
        port: on the loopback address and of the unix socket.
        sockets: folder of the unix socket.
        logs: folder of the logs.
        extra: settings that replace or join ours.

    Raises:
        BadRequest: a setting whose name or value can't stand in the file.
    """
    places = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "log_directory": str(logs),
    }
    settings = {**SETTINGS, **memory_settings(), **places, **extra}
    return "# Written at every start; changes belong in Cluster(settings=...).\n" + "".join(
        _line(name, value) for name, value in settings.items()
    )


def _line(name: str, value: str) -> str:
    if not re.fullmatch(r"[a-z_][a-z0-9_.]*", name) or not value.isprintable():
        raise BadRequest(f"{name!r} = {value!r} is no setting: a name in lower case and a printable value are needed.")
    quoted = value.replace("\\", "\\\\").replace("'", "''")
    return f"{name} = '{quoted}'\n"
