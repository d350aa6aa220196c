"""Figures as pages show them: their words, what they say to those who cannot see them, a button to keep them."""
