"""The database: its engine, the one way to append events, and what is projected from them."""
