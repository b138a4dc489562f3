"""What the service costs, measured beside the same decisions without effects on the same server."""
