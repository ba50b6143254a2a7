"""A local publisher whose policy changes while you watch; no network, no configuration."""
