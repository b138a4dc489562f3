"""Certificates: what the records say of a stay, and the page printed from it."""
