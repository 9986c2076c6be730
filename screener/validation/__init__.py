"""Floor above the pipeline: rules and scores held against what became of companies."""
