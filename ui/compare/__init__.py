"""The page Compare: whole comparisons, guessed at first, watched while they fill in, and read at their end."""
