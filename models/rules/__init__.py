"""The rules of the programme as pure functions."""
