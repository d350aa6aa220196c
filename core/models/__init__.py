"""The networks: `registry` and `architectures` as plain numbers, their weights on disk, and the networks themselves.

Only `vggface`, `build`, `classifier` and `saved` import TensorFlow. May import only what stands at the top of core.
"""
