"""The folder of hostile inputs while they are read."""

import tempfile
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def folder() -> Path:
    """Returns a folder for this process, in memory if possible."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="screener-fuzz-", dir=memory if memory.is_dir() else None))


def input_file(name: str, data: bytes) -> str:
    """Writes an input to a file and returns its path."""
    path = folder() / name
    path.write_bytes(data)
    return str(path)
