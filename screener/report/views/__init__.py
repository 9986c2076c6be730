"""Views: the content of pages and terminal output, as final texts and numbers."""
