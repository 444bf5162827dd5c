#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a CycloneDX 1.5 bill of materials: sbom.py VERSION LIBRARY..., where each library is a
pkg-config name. Versions are those of the libraries that a build on this machine links."""
import json
import os
import subprocess
import sys
import time

LICENSES = {
    "jansson": "MIT", "libcrypto": "Apache-2.0", "libarchive": "BSD-2-Clause", "zlib": "Zlib",
    "libseccomp": "LGPL-2.1-only", "liblzma": "0BSD", "libzstd": "BSD-3-Clause", "liblz4": "BSD-2-Clause",
    "bzip2": "bzip2-1.0.6", "nettle": "LGPL-3.0-or-later", "libxml-2.0": "MIT", "libacl": "LGPL-2.1-or-later",
}


def version_of(library):
    """The version by pkg-config, or by Debian's package where a library has no .pc file."""
    found = subprocess.run(["pkg-config", "--modversion", library], capture_output=True, text=True, check=False)
    if found.returncode == 0:
        return found.stdout.strip()
    package = {"bzip2": "libbz2-dev", "libacl": "libacl1-dev"}[library]
    return subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package],
                          capture_output=True, text=True, check=True).stdout


def component(kind, name, version, license_id):
    return {"type": kind, "name": name, "version": version, "bom-ref": f"{name}@{version}",
            "licenses": [{"license": {"id": license_id}}]}


version, *libraries = sys.argv[1:]
moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"])))
program = component("application", "prebleed", version, "MIT")
parts = [component("library", name, version_of(name), LICENSES[name]) for name in sorted(libraries)]
json.dump({
    "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
    "metadata": {"timestamp": moment, "component": program},
    "components": parts,
    "dependencies": [{"ref": program["bom-ref"], "dependsOn": [part["bom-ref"] for part in parts]}],
}, sys.stdout, indent=2)
print()
