"""Rules as data: their models, loading, compilation and checks."""
