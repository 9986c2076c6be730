"""Copies a result, or a part of one, with some fields changed."""

from typing import Any, TypeVar

T = TypeVar("T")


def replace(base: T, **more: Any) -> T:
    return base._replace(**more)  # type: ignore[attr-defined,no-any-return]
