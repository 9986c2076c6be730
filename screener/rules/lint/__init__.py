"""Checks of rule files beyond what the loader requires."""
