"""The page Test: read a result, look closer at its photos, ask about new ones, and the next idea."""
