"""From a folder, zip or upload to a data set: read, decode, find and crop faces, group, split, edit, review.

Knows no network and no experiment; may import only what stands at the top of core. No TensorFlow.
"""
