"""Output for people and programs: pages, terminal texts, JSON, CSV, Markdown, Parquet, PDF."""
