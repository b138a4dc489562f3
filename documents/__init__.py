"""What is checked of an uploaded document, against its kind's policy and the stay."""
