"""The page Train: choose settings, watch a training live, replay it. Other pages may import its settings."""
