"""Floor 7: what people and programs read: HTML, terminal, JSON, CSV, Markdown."""
