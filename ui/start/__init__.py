"""The page Start: the way through the lab, and where the last visit ended."""
