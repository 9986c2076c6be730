"""What people and programs read: pages, terminal texts, JSON, CSV, Markdown, Parquet, PDF."""
