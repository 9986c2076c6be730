"""Floor 4: rules as data: their models, loading, compilation and checks."""
