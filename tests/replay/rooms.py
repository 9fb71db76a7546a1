#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A folder of filterd/ includes only folders above it, in the order in which filterd/meson.build makes their libraries; one folder
includes the library of a cipher; and no line is longer than .editorconfig says.

    rooms.py         TAP
"""

import pathlib
import re
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "filterd"
PROGRAMS = ["daemon", "ctl"]            # nobody includes these
TOUCH = ["os", "queue", "kernel", "journal"]  # the kernel, files: only the programs include these, and each other
OPENS = ["log/collect", "log/files", "log/lines", "log/reader"]  # so do these files of a room that is pure but for them


def order():
    made = re.findall(r"^(\w+) = static_library\('\w+'", (SOURCE / "meson.build").read_text(), re.MULTILINE)
    return [name for name in made if name not in PROGRAMS] + PROGRAMS


CIPHERS = re.compile(r"^#include <(openssl/|mbedtls/|sodium)", re.MULTILINE)


def included(file):
    return re.findall(r'^#include "([a-z_]+)/', file.read_text(), re.MULTILINE)


def main():
    rooms = order()
    folders = sorted(folder.name for folder in SOURCE.iterdir() if folder.is_dir())
    cases = [("each folder has its place", sorted(rooms) == folders, f"{rooms}, {folders}")]
    loose = sorted(file.name for file in SOURCE.glob("*.[ch]"))
    cases.append(("no file lies loose beside them", not loose, " ".join(loose)))
    for place, room in enumerate(rooms):
        above = set(rooms[:place + 1]) - (set(PROGRAMS) - {room})
        if room not in TOUCH + PROGRAMS:
            above -= set(TOUCH)
        wrong = [f"{file.relative_to(SOURCE)} includes {other}/" for file in sorted((SOURCE / room).rglob("*.[ch]"))
                 for other in included(file) if other not in above]
        cases.append((f"{room} includes only what is above it", not wrong, "\n# ".join(wrong)))
    wrong = [f"{file.relative_to(SOURCE)} includes {part}.h" for room in set(rooms) - set(TOUCH + PROGRAMS) for part in OPENS
             for file in sorted((SOURCE / room).rglob("*.[ch]")) if f'#include "{part}.h"' in file.read_text() and room != part.split("/")[0]]
    cases.append(("what reads the files of a log is for the programs", not wrong, "\n# ".join(wrong)))
    touch = sorted({file.parent.name for file in SOURCE.rglob("*.[ch]") if CIPHERS.search(file.read_text())})
    cases.append(("one folder touches the cipher's library", touch == ["crypto"], " ".join(touch)))
    width = int(re.search(r"max_line_length = (\d+)", (SOURCE.parent / ".editorconfig").read_text()).group(1))
    long = [f"{file.relative_to(SOURCE)}:{number}" for file in sorted(SOURCE.rglob("*.[ch]"))
            for number, line in enumerate(file.read_text().splitlines(), 1) if len(line.expandtabs(8)) > width]
    cases.append((f"no line is longer than {width} columns", not long, " ".join(long)))
    for number, (what, good, details) in enumerate(cases, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {what}")
        if not good:
            print(f"# {details}")
    print(f"1..{len(cases)}")
    return 0 if all(good for _, good, _ in cases) else 1


if __name__ == "__main__":
    sys.exit(main())
