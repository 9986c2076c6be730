"""Damages a file or a document: bytes, tokens, values and keys. Each function takes a Random."""

import copy
import json
from random import Random
from typing import Any

import yaml

NASTY: tuple[Any, ...] = (
    None, True, False, 0, -0.0, 1, -1, 0.5, 1e24, 1.1e24, -1e24, 1e308, -1e308, 5e-324, 2**53 + 1, 10**400, float("nan"),
    float("inf"), "", " ", "\0", "\ud800", "\udfff", "\u202eevil\u2066", "\x1b[31m\x07", "=cmd|' /C calc'!A0", "<script>", "{{7*7}}",
    "x" * 5000, "9" * 400, "30 %", "1e5", "yes", "null", "2025", "FY2025", "2025-Q3", "2025-13-45", "0001-01-01", "9999-12-31",
    "0001", "9999", "FY0001", "0000-Q1", "2024-02-30/2025", "2025-01-01/2024-01-01", "../../etc/passwd", "/etc/passwd", "CON",
    "index", "a" * 81, "é", "公司", "revenue", "USD", "usd", "main", "?", [], {}, [[]], [{}], {"": ""}, [None], {"value": None},
    {"low": 2, "high": 1}, {"value": 1, "low": 1}, {"low": -1e308, "high": 1e308}, {"en": None, "zh": None}, {"en": "x"},
    ["x"] * 300, [{"party": "a"}] * 40,
)
_TOKENS = tuple(b"{ } [ ] : , - | > & * ! ? % @ ` # ' \" \\ \n \t \0 \xff \xed\xa0\x80 \xe2\x80\xae --- ... <<: !!python/object: "
                b"1e400 NaN -Infinity 0x 0o777 .inf ~ null true and or not == >= ( ) sum( prior( company. params. {{ }} {% %} "
                b"\\u0000 \\ud800 \\x00 range(10**9)".split(b" "))


def changed_bytes(rnd: Random, raw: bytes) -> bytes:
    """Returns the bytes with a few of them damaged."""
    data = bytearray(raw)
    for _ in range(rnd.choice((1, 1, 2, 4, 8))):
        at = rnd.randrange(len(data) + 1)
        match rnd.randrange(7):
            case 0:
                data[at : at + 1] = bytes([rnd.randrange(256)])
            case 1:
                del data[at : at + rnd.choice((1, 2, 10, 100))]
            case 2:
                data[at:at] = rnd.choice(_TOKENS)
            case 3:
                data[at:at] = data[at : at + rnd.choice((1, 5, 50, 500))]
            case 4:
                data[at : at + rnd.choice((1, 3, 9))] = rnd.choice(_TOKENS)
            case 5 if rnd.random() < 0.3:
                del data[at:]
            case _:
                end = rnd.randrange(len(data) + 1)
                data[at:at] = data[end : end + rnd.choice((3, 30))]
    return bytes(data)


def rubbish(rnd: Random) -> bytes:
    """Returns random bytes or tokens."""
    if rnd.random() < 0.3:
        return rnd.randbytes(rnd.choice((0, 1, 5, 50, 500)))
    return b" ".join(rnd.choice(_TOKENS) for _ in range(rnd.choice((1, 5, 40, 200)))) * rnd.choice((1, 1, 1, 20))


def changed_data(rnd: Random, data: Any, times: int | None = None) -> Any:
    """Returns a document with values, keys and members changed."""
    data = copy.deepcopy(data)
    for _ in range(rnd.choice((1, 1, 1, 2, 3, 6)) if times is None else times):
        holder, key = _somewhere(rnd, data)
        if holder is None:
            return rnd.choice(NASTY)
        match rnd.randrange(6):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[_other(rnd, str(key))] = holder.pop(key)
            case 2 if isinstance(holder, list):
                holder.insert(key, copy.deepcopy(rnd.choice(holder)))
            case 3:
                other, at = _somewhere(rnd, data)
                if other is not None:
                    holder[key] = copy.deepcopy(other[at])
            case _:
                holder[key] = copy.deepcopy(rnd.choice(NASTY))
    return data


def _other(rnd: Random, key: str) -> str:
    at = rnd.randrange(len(key) + 1)
    return rnd.choice((key[:at] + key[at + 1 :], key + "s", key.upper(), str(rnd.choice(NASTY))))


def _somewhere(rnd: Random, data: Any) -> tuple[Any, Any]:
    """Returns a random place inside a document: the container and the key in it."""
    found: tuple[Any, Any] = (None, None)
    while isinstance(data, (dict, list)) and data:
        key = rnd.choice(list(data)) if isinstance(data, dict) else rnd.randrange(len(data))
        found, data = (data, key), data[key]
        if rnd.random() < 0.25:
            break
    return found


def written(rnd: Random, data: Any) -> bytes:
    """Returns a document as JSON, seldom as YAML."""
    if rnd.random() < 0.85:
        return json.dumps(data, ensure_ascii=rnd.random() < 0.5).encode("utf-8", "surrogatepass")
    try:
        return yaml.dump(data, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True).encode("utf-8", "replace")
    except (yaml.YAMLError, UnicodeEncodeError):
        return json.dumps(data).encode()
