#!/usr/bin/env python3
"""Measures a whole platform, an installation of its own that is made for this and removed.

  idle      memory and CPU at rest with one application
  start     a warm start after a stop of all, and after a stop of the control plane only
  redeploy  a change of code until it is live, of a Python and a Node service, beside the same by hand
  load      requests and WebSockets while a service is redeployed, rolled back and scaled
  many      twenty deployments at once, and the API's answers meanwhile

Run it as root on a quiet machine, with release builds. Needs what the platform needs, wrk, and Python's standard library. Prints a
table, and JSON with --json FILE. Ends with code 1 when a goal is missed.
"""

import argparse
import json
import sys
from pathlib import Path

import idle
import load
import many
import redeploy
import start
from installation import REPOSITORY, Failure, Installation

MEASUREMENTS = {
    "idle": lambda installation, options: idle.measure(installation, options.rest),
    "start": lambda installation, options: start.measure(installation, options.starts),
    "redeploy": lambda installation, options: redeploy.measure(installation, options.rounds),
    "load": lambda installation, options: load.measure(installation, options.requests, options.redeploys),
    "many": lambda installation, options: many.measure(installation, options.services),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measurements", nargs="*", metavar="MEASUREMENT", help=f"{', '.join(MEASUREMENTS)}; all by default")
    parser.add_argument("--programs", type=Path, default=REPOSITORY / ".build/release", help="the folder with switchyard and yard")
    parser.add_argument("--rest", type=int, default=60, help="seconds of rest before and while an idle platform is measured")
    parser.add_argument("--starts", type=int, default=3, help="how often each kind of start is measured")
    parser.add_argument("--rounds", type=int, default=7, help="redeploys of each language, and as many by hand")
    parser.add_argument("--requests", type=int, default=100_000, help="how many requests the load has at least")
    parser.add_argument("--redeploys", type=int, default=10, help="how often the service under load is redeployed")
    parser.add_argument("--services", type=int, default=20, help="how many services are deployed at once")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    unknown = set(options.measurements) - set(MEASUREMENTS)
    if unknown:
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")

    results, missed = {}, []
    with Installation(options.programs) as installation:
        for name, measure in MEASUREMENTS.items():
            if options.measurements and name not in options.measurements:
                continue
            try:
                results[name] = measure(installation, options)
            except Failure as error:
                # The others can be measured all the same.
                print(f"\n{name} could not be measured: {error}", flush=True)
                missed.append(f"{name} could not be measured")
                continue
            results[name].print()
            missed += [f"{name}: {row['label'].strip()}" for row in results[name].missed]

    print("\nall goals are met" if not missed else "\ngoals missed:\n  " + "\n  ".join(missed))
    if options.json:
        text = json.dumps({name: figures.as_json() for name, figures in results.items()} | {"isGood": not missed}, indent=2)
        options.json.write_text(text + "\n")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
