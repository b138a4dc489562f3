"""The mechanisms under every workflow: open steps, timers, pauses, and the recorder."""
