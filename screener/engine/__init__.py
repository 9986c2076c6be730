"""Rule engines with one protocol: durable_rules, ordered search, and evaluation on columns of companies."""
