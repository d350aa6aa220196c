"""Work in other processes: a queue of job folders, workers that do them, a supervisor, and deletion.

May import everything but the command line. `kinds` says what a worker can do.
"""
