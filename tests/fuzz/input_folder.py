"""The folder of hostile inputs while they are read."""

import tempfile
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def folder() -> Path:
    """A folder of this process; in memory where there is such a place."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="screener-fuzz-", dir=memory if memory.is_dir() else None))


def input_file(name: str, data: bytes) -> str:
    """Writes an input to a file; its path."""
    path = folder() / name
    path.write_bytes(data)
    return str(path)
