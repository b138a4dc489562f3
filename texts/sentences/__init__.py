"""What the service refuses or finds, in English: sentences by message id, with their parameters in braces."""
