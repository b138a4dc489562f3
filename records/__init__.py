"""What is on record: events appended and projected into tables, queries, sign-in, files. One transaction per method."""
