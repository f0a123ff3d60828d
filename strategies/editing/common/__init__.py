"""What the editing strategies share."""
