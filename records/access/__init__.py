"""Signing in: who somebody is, their sessions, and the tokens of other systems."""
