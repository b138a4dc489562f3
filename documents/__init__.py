"""Documents: where their bytes are kept, what is checked of them, and what the checks found."""
