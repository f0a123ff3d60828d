"""What the regularisation strategies share."""
