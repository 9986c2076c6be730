"""Floor above the verdict: the same rules over whole columns of companies."""
