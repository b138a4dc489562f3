"""The world: every side effect, each idempotent by key. One activity is one transaction."""
