"""Certificates: whether one is earned, its page, its number and how it is verified."""
