"""Turns profiles into facts: the figures in use, metrics, relations and loops of payments."""
