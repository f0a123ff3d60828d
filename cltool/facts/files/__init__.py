"""Reading files of facts: rows, events, lists of facts to forget, and consistency checks."""
