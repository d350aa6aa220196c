"""Pictures of a webcam while it runs: a warm process finds the faces in each and says who they are.

`messages` is what goes over the pipe, `link` the server's end of it; `process` is the other end, with `looking` and
`answering`. `recording` decides which pictures are kept. Nothing here writes to disk; only `process` and `answering`
import TensorFlow. May import core.data, core.models and what is at the top of core.
"""
