"""The service under faults: people who never repeat, processes that die, and an audit that trusts nothing but SQL."""
