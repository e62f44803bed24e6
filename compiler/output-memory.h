/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Scripts that go to no file: they, and the manifest, stay in memory for whoever compiled them. */
#pragma once

#include "compiler/output.h"

/* Never NULL. Takes the layout. */
TAMIS_API TamisOutput *tamis_output_memory_new(TamisLayout *layout);
/* Of a mailbox of the policy, once the output is complete. Lent, NUL-terminated; lives as long as the output. */
TAMIS_API const char *
tamis_output_memory_get(const TamisOutput *output, guint32 mailbox, gsize *out_length);
/* The manifest that a folder of them would have: its entries in the order of the policy's mailboxes. Once only,
 * when the output is complete. */
TAMIS_API TamisManifest *tamis_output_memory_manifest(TamisOutput *output, GError **error);
