"""Many trainings on one split that differ in one setting, and what they say together, as data.

May import `core.experiments` and what that may import. No TensorFlow.
"""
