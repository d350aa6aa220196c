"""What frozen layers made of pictures, kept on the disk for all trainings of a workspace. No TensorFlow.

`folder` is what lies there and what is removed first, `store` reads and writes it. Which layers are worth keeping is
arithmetic that forecasts share: `core.experiments.kept_units`.
"""
