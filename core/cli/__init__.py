"""The command line: `commands` does one call into the lab each, `console` is what they share.

May import everything in core; nothing imports it but `core.__main__`, which names the options.
"""
