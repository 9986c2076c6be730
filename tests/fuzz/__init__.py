"""Random rulebooks and profiles: engines against each other, and properties that must hold for all of them."""
