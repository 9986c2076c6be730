"""Floor 2: profiles, their sources, and which claim holds."""
