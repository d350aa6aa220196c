"""The page Photos: bring photos, check the faces, split them. May import `ui.train` to hand over."""
