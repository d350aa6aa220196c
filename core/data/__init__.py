"""From a folder, zip or upload to a data set of face crops.

The way of a photo: `read` it, `decode` it, `detection` of faces, `cropping`, `groups`, `splitting`; `building` runs all
that. `edits` change a data set, `review` says what needs a look, `arrays` loads it for training.
Knows no network and no experiment; may import only what is at the top of core. No TensorFlow.
"""
