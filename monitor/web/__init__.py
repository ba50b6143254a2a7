"""The page people look at: read-only, from the archive alone; nothing is loaded from elsewhere."""
