# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random scripts, judged by Tamis and by the engines, and what is known of where they differ. README.md there."""
