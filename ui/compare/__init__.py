"""The page Compare: prepare a sweep and guess, watch it fill in, read its result, put runs side by side."""
