"""The events as other systems see them: CloudEvents, delivered to endpoints and kept for those who poll."""
