"""durable_rules through its C layer: the default engine."""
