"""Profiles: claims with their sources, what was known on a day, and which claim is used."""
