"""The commands of `sojourn`, one module per part of the programme; `starter.py` puts them together."""
