"""What the rehearsal strategies share."""
