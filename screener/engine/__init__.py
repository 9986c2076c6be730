"""Floor 5: engines that draw the conclusions: durable_rules, and a plain one as an oracle for tests."""
