"""Rule-based investment risk screener: profiles in, findings with three outcomes and a scored report out."""

__version__ = "0.1.0"
