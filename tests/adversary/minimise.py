# SPDX-License-Identifier: MIT
"""From faults to causes: operators are taken away one by one for as long as the fault stays."""


class Causes:
    """The least operators that were found to make a fault, by kind of port; and how many faults have them."""

    def __init__(self):
        self.first = {}         # (port, operators) -> the play that showed it
        self.count = {}
        self.servers = {}
        self.again = {}         # whether it came again when it was played again

    @staticmethod
    def key(play):
        v = play.script.variant
        return v.port + (" permitted" if v.is_harmless else ""), tuple(sorted(set(v.operators)))

    def explain(self, play):
        """A known cause that the play has all operators of."""
        port, operators = self.key(play)
        return next((c for c in self.first if c[0] == port and set(c[1]) <= set(operators)), None)

    def add(self, cause, play, shown=None, again=True):
        if cause not in self.first:
            self.first[cause], self.again[cause] = shown or play, again
        self.count[cause] = self.count.get(cause, 0) + 1
        self.servers.setdefault(cause, set()).add(play.script.variant.server)

    def find(self, faults, try_all, most=40):
        """Adds all faults; try_all plays variants and gives (play, is_fault) for each, in their order."""
        rest = sorted(faults, key=lambda play: (len(play.script.variant.chosen), play.script.variant.index))
        while rest:
            unexplained = []
            for play in rest:
                cause = self.explain(play)
                if cause is None:
                    unexplained.append(play)
                else:
                    self.add(cause, play)
            # Those with few operators first: they explain the others.
            few = len(unexplained[0].script.variant.chosen) if unexplained else 0
            now = [p for p in unexplained if len(p.script.variant.chosen) == few][:most]
            for play, (least, again) in zip(now, self.reduce(now, try_all)):
                self.add(self.key(least), play, least, again)
            rest = [p for p in unexplained if p not in now]

    @staticmethod
    def reduce(plays, try_all):
        """For each play one with as few operators as still make a fault, and whether it is one again at all."""
        least = [[play, False] for play in plays]
        open_ones = set(range(len(plays)))
        is_first = True
        while open_ones:
            tries = []
            for i in sorted(open_ones):
                v = least[i][0].script.variant
                tries += [(i, v)] if is_first else []
                tries += [(i, v.without(place)) for place in range(len(v.chosen))]
            if not tries:
                break
            still = set()
            for (i, v), (play, is_fault) in zip(tries, try_all([v for _, v in tries])):
                if not is_fault:
                    continue
                least[i][1] = True
                if len(v.chosen) < len(least[i][0].script.variant.chosen):
                    least[i][0] = play
                    still.add(i)
            open_ones = still
            is_first = False
        return least

    def print(self, told, prefix=""):
        if not self.first:
            return
        print(prefix + "%6s  %s" % ("faults", "the least that makes them; servers; an example; what filterctl replay makes of it"))
        for cause in sorted(self.first, key=lambda c: -self.count[c]):
            v = self.first[cause].script.variant
            print(prefix + "%6d  %s: %s; %s; seed %s index %d%s%s" % (
                self.count[cause], cause[0], " + ".join(cause[1]) or "nothing", " ".join(sorted(self.servers[cause])), v.seed, v.index,
                "" if self.again[cause] else " (did not come again)", "; replay: " + told[cause][1] if cause in told else ""))
