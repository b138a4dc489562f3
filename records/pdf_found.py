"""What a PDF may be found to do, and how the process that looks into it says so."""

FOUND = ("upload.active", "upload.embedded", "upload.opaque", "upload.unfolds")
"""Message ids of what is refused: it acts, it carries other files, nobody sees into it, or not within limits."""
FIRST_CODE = 10
"""Of the first of them, as an exit code."""
