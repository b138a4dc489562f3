"""The programme's story, one module per part, one awaited function per stage."""
