#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Is each option that a program takes in its --help and in its manual page, and the other way round?

    options.py BUILD        TAP; the options are those of the tables in the sources beside, for getopt_long() or of a
                    verb's own (ctl/options.h)
"""

import pathlib
import re
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "filterd"
# Where those stand that a source has in common with others, by what it says.
AUDIT = ("ctl/audit/options.c", "ctl/options.c")
COMMON = {"audit_options_read": AUDIT, "counted_verb": AUDIT, "ctl/options.h": ("ctl/options.c",)}

# Page: program and verb, the source with its table.
PAGES = {
    "filterd.8": {"filterd": "daemon/main.c"},
    "ctl/filterctl.8": {
        **{f"filterctl {verb}": f"ctl/board/{verb}.c" for verb in ("board", "recent", "top")},
        "filterctl doctor": "ctl/doctor/doctor.c",
        "filterctl probe": "ctl/probe/probe.c",
        **{f"filterctl {verb}": f"ctl/{verb}.c" for verb in ("check", "key", "mode", "note", "reload", "replay", "rotate", "rules", "settings", "status", "waive")},
    },
    "ctl/audit/filterctl-audit.8": {
        **{f"filterctl audit {verb}": f"ctl/audit/{verb}.c"
           for verb in ("ack", "checkpoint", "coverage", "devices", "export", "list", "report", "timeline", "verify")},
        **{f"filterctl audit {verb}": "ctl/audit/counted.c" for verb in ("categories", "hosts")},
    },
}


def rows(source):
    of = r"(?:\.letter = '.', +)?(?:no_argument|required_argument|\.given|\.arguments?|\.which)"
    return set(re.findall(r'\{ "([a-z-]+)", +' + of, (SOURCE / source).read_text()))


def in_table(source):
    """Long options of a source's table, but for --help itself."""
    text = (SOURCE / source).read_text()
    common = (rows(where) for mark, places in COMMON.items() if mark in text for where in places)
    return rows(source).union(*common) - {"help"}


def in_help(build, program):
    """Long options at the beginning of lines of --help, or behind a short one, or another option."""
    words = program.split()
    text = subprocess.run([build / "filterd" / words[0], *words[1:], "--help"], capture_output=True, text=True).stdout
    lines = re.findall(r"^ {2,8}(?:-\w, )?--.*", text, re.MULTILINE)
    return set(re.findall(r"--([a-z-]+)", "\n".join(lines))) - {"help"}


def in_page(page):
    text = (SOURCE / page).read_text()
    return set(re.findall(r"(?:Fl|,) -([a-z-]+)", text)) - {"help"}


def exits(build, program):
    """Exit status for what no program takes, and for -h."""
    words = program.split()
    return [subprocess.run([build / "filterd" / words[0], *words[1:], *more], capture_output=True).returncode
            for more in (["--no-such-option"], ["-c"], ["-h"])]


def main():
    build = pathlib.Path(sys.argv[1])
    cases = []
    for page, programs in PAGES.items():
        tables = {program: in_table(source) for program, source in programs.items()}
        for program, table in tables.items():
            cases.append((f"{program} --help has the options that it takes", in_help(build, program), table))
            cases.append((f"{program} refuses an option that it has not, and -c without FILE; -h is no mistake",
                          {str(exits(build, program))}, {"[64, 64, 0]"}))
        cases.append((f"{page} has the options of its programs", in_page(page), set().union(*tables.values())))
    for verb in ("doctor", "rotate", "settings", "status"):
        told = subprocess.run([build / "filterd/filterctl", verb, "word"], capture_output=True, text=True)
        cases.append((f"filterctl {verb} takes no word, and says which one came", {told.stderr.split("\n")[0]},
                      {f"filterctl {verb}: 'word' is one argument too many"}))
    for number, (what, got, wanted) in enumerate(cases, 1):
        print("ok" if got == wanted and wanted else "not ok", number, "-", what)
        for title, names in (("not said", wanted - got), ("does not exist", got - wanted)):
            if names:
                print(f"# {title}:", *sorted(names))
    print(f"1..{len(cases)}")
    return 0


sys.exit(main())
