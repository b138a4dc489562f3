"""Web pages and the HTTP API, over the gateway's operations and the records' queries."""
