# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cyrus: its compiler's opinion of a script. (Cyrus has no program that executes one outside its server.)"""

import pathlib

from kinds import Skip

SIEVEC = pathlib.Path("/usr/lib/cyrus/bin/sievec")
MAX_BYTES = 32 * 1024


def complaints(context, script):
    """What Cyrus sievec, or the size limit of its uploads, has against the script."""
    if not SIEVEC.exists():
        raise Skip("cyrus-common is not installed")
    folder = context.folder()
    (folder / "imapd.conf").write_text(f"configdirectory: {folder}\nunixhierarchysep: yes\n")
    output = context.command([SIEVEC, "-C", folder / "imapd.conf", script, folder / "script.bc"])
    said = (output.out + output.err).strip()
    if script.stat().st_size > MAX_BYTES:
        said += f"{script.stat().st_size} bytes are more than Cyrus takes"
    return said if said or output.status == 0 else f"status {output.status}"
