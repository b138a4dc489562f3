"""Where people stand: web pages and the HTTP API, over the operations of the gateway and the records."""
