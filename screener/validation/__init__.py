"""Rules and scores measured against what became of companies."""
