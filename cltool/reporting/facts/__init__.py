"""The facts that a page carries: every fact, step and run in columns, read one step at a time."""
