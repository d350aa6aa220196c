"""The errors a user can meet. Every message is one sentence: what is wrong, what was received, what to do next."""


class LabError(Exception):
    """Something the user can mend. The page or the command line shows the message once, without a traceback."""


class ConfigError(LabError):
    """A setting outside what it may be."""


class PhotoError(LabError):
    """One photo cannot be used. Never stops the others: it is listed with its name and this reason."""


class DatasetError(LabError):
    """The photos as a whole cannot be used: one person only, an empty zip, no face found."""


class WeightsError(LabError):
    """Weights that are missing, broken, or not those of the network they were meant for."""


class RunError(LabError):
    """A run folder that cannot be opened, continued or tested."""


class Stopped(Exception):  # noqa: N818 - not an error
    """The user asked a job to stop. Not an error: the job keeps what it has and ends as `stopped`."""
