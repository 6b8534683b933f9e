"""One line a check; the program ends with 1 when one failed."""

import sys

failures = 0


def check(name, is_so, detail=""):
    global failures
    failures += not is_so
    print(("ok      " if is_so else "FAILED  ") + name + ("" if is_so else f": {detail}"), flush=True)


def finish(tab):
    tab.close()
    print(f"{failures} failed" if failures else "all is well")
    sys.exit(1 if failures else 0)
