"""Where the tasks of a command run: in processes of this machine, or on a Ray cluster."""
