"""What the unlearning strategies share."""
