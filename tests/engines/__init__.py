# SPDX-License-Identifier: LGPL-2.1-or-later
"""Real servers, run on one message: pigeonhole (sievec, sieve-test), cyrus (sievec), libsieve (libsieve-run)."""
