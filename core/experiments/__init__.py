"""One training as a folder, and what can be said of several: history, outcome, list, archive, baseline, next idea.

May import data, models and evaluation. No TensorFlow: the server reads what a worker wrote.
"""
