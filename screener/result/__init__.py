"""The result document: its model, codec, schema and comparison."""
