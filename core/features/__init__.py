"""What frozen layers made of pictures, kept on the disk for all trainings of a workspace. No TensorFlow."""
