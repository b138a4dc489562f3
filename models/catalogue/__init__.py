"""The programme as data: one TOML file per institution, steps with their answers, ladders, documents, rules."""
