"""What the memory strategies share."""
