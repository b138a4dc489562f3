"""What people read: labels, refusals, findings and dates, in English and Chinese."""
