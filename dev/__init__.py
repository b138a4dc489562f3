"""What only `sojourn up` needs: the whole service on one machine, its processes and its mail sink."""
