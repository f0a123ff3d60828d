"""What the adapters strategies share."""
