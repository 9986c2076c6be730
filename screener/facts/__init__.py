"""Facts from profiles: the figures used, metrics, relations and loops of money."""
