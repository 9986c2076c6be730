"""Tools for assistants over the Model Context Protocol: read-only, deterministic, and with a source behind each answer."""
