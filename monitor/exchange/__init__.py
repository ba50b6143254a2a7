"""History from elsewhere and to elsewhere: WARC files."""
