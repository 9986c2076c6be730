"""Floor 3: facts from profiles: settled figures, metrics, relations, loops."""
