"""The page My experiments: the list, names, taking along and bringing back, storage and erasing."""
