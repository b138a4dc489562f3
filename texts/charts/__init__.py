"""Pictures: SVG drawn here, without script, and a table with each that says the same."""
