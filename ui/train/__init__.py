"""The page Train: choose settings, watch a training live, replay it. Others may import `settings` and `networks`."""
