"""Documentation of rules: Markdown pages and the dependency graph as SVG, Graphviz and Mermaid."""
