"""Folders of runs at a URL (``s3://``, ``gs://``, ``file://``, …), through fsspec."""
