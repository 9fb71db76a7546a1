# SPDX-License-Identifier: MIT
"""The operators that variants are made from: a name, a stage, and a function that changes a script."""
ALL = []


class Operator:
    def __init__(self, name, stage, protocols, harmless, function):
        self.name, self.stage, self.protocols, self.harmless, self.function = name, stage, protocols, harmless, function


def operator(stage, protocols=("tls", "http"), harmless=False):
    """Harmless: every receiver reads the same with it as without, and so a permitted name must be served."""
    def take(function):
        ALL.append(Operator(function.__name__.replace("_", "-"), stage, protocols, harmless, function))
        return function
    return take


def named(name):
    return next(o for o in ALL if o.name == name)
