"""The audit: records compared with themselves and with what runs. Reads only, in small snapshots of the database."""
