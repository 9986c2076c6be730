"""Pages in HTML and their printing as PDF: templates, the sandbox for custom ones, the browser that prints."""
