"""What pages and the terminal show, as final texts and numbers."""
