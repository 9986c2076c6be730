"""Rule engines behind one protocol: durable_rules, ordered search, and whole columns of companies."""
