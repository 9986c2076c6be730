"""Profiles: claims with their sources, what was known on a day, and the choice of the claim to use."""
