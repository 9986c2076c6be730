"""Amounts as notes and remarks write them."""


def plain(value: float) -> float | int:
    """A whole number as such."""
    return int(value) if float(value).is_integer() else value


def number(value: float) -> str:
    """A number with separators, a negative one in brackets."""
    return f"{plain(value):,}" if value >= 0 else f"({plain(-value):,})"
