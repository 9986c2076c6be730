"""`make sbom`: lists the components of an installed screener as CycloneDX 1.5 JSON, from the metadata of the installed packages.

It lists only packages that screener needs to run, as installed here for this Python. The same environment gives the same bytes.
"""

import json
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Any

from packaging.requirements import Requirement

Found = dict[str, tuple[Distribution, list[str]]]


def name_of(text: str) -> str:
    """Returns the normalised name of a package, as registries compare names."""
    return re.sub(r"[-_.]+", "-", text).lower()


def needed(root: str, extras: frozenset[str]) -> Found:
    """Returns a package and everything that it and these extras require here, directly or indirectly."""
    found: Found = {}
    queue = [(name_of(root), extras)]
    while queue:
        name, extras = queue.pop()
        if name in found and not extras:
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:
            raise SystemExit(f"{name} is not installed: make sbom wants the environment of make run") from None
        below = []
        for text in package.requires or ():
            wanted = Requirement(text)
            if wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in extras or {""}):
                below.append(name_of(wanted.name))
                queue.append((name_of(wanted.name), frozenset(wanted.extras)))
        found[name] = (package, sorted({*below, *(found[name][1] if name in found else ())}))
    return found


def licence(package: Distribution) -> str:
    """Returns the licence stated in the metadata of a package, on one line."""
    stated = (package.metadata.get_all(name) or [""] for name in ("License-Expression", "License"))
    first = next((lines[0] for lines in stated if lines[0]), "")
    classes = [
        c.rpartition(" :: ")[2] for c in package.metadata.get_all("Classifier") or () if c.startswith("License ::")
    ]
    return (first.strip().splitlines() or [""])[0][:100] or ", ".join(classes) or "not stated"


def component(name: str, package: Distribution, kind: str = "library") -> dict[str, Any]:
    """Returns a package as a CycloneDX component."""
    purl = f"pkg:pypi/{name}@{package.version}"
    return {"type": kind, "bom-ref": purl, "name": name, "version": package.version, "purl": purl,
            "licenses": [{"license": {"name": licence(package)}}]}


def bill(root: str = "risk-screener") -> dict[str, Any]:
    """Returns the whole document, including the engine durable_rules."""
    found = needed(root, frozenset({"durable"}))
    ref = {name: f"pkg:pypi/{name}@{package.version}" for name, (package, _) in found.items()}
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {"component": component(root, found[root][0], "application")},
        "components": [component(name, package) for name, (package, _) in sorted(found.items()) if name != root],
        "dependencies": [{"ref": ref[name], "dependsOn": [ref[b] for b in below]} for name, (_, below) in sorted(found.items())],
    }


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=2, sort_keys=True)
    print()
