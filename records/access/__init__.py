"""The door of the portal: who somebody is, their sessions, and the tokens of other systems."""
