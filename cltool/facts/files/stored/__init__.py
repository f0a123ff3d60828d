"""Where the content of long files is kept while they are read: in temporary files."""
