"""What crosses between people, workflows and activities: inputs, updates, replies. Ids, dates and codes only."""
