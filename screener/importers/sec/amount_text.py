"""Formats amounts for notes and remarks."""


def plain(value: float) -> float | int:
    """Returns whole numbers as int, others unchanged."""
    return int(value) if float(value).is_integer() else value


def number(value: float) -> str:
    """Formats a number with thousands separators, negative ones in brackets."""
    return f"{plain(value):,}" if value >= 0 else f"({plain(-value):,})"
