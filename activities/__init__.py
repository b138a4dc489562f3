"""Every side effect, as Temporal activities, each idempotent by key. One activity is one transaction."""
