"""Reading tables in a process of its own: what happens inside of it. Imports nothing of the service but itself."""
