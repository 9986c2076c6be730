"""Charts as plain geometry: numbers and class names, drawn by one macro of the templates."""
