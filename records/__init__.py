"""Memory: appending events, projecting them, querying, access, files. One transaction per method."""
