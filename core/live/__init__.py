"""Pictures of a webcam while it runs: a warm process finds the faces in each and says who they are.

`messages` is what goes over the connection, `link` the server's end of it; `process` is the other end, with `looking`,
`answering` and `likeness`, which use TensorFlow. `naming` decides whether a name is said, `recording` which pictures
are kept. Nothing here writes to disk. May import all of core but jobs and cli; of these files the server imports only
`messages`, `link`, `naming` and `recording`.
"""
