"""What every room uses: errors, registries, settings, files, workers, progress, seeds."""
