"""Errors across Temporal: what an activity or workflow raises becomes a typed failure, and an error again outside."""
