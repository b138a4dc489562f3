"""Mail: who is written to, the outbox that events fill, and how a letter is composed and rendered."""
