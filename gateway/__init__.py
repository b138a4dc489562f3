"""The only way in for portal, command line and tests: typed operations over the Temporal client."""
