/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What all outputs have in common. */
#include "compiler/output-private.h"

G_DEFINE_QUARK(tamis - output - error - quark, tamis_output_error)

void
tamis_output_keep_as_of(TamisOutput *output, gboolean keep)
{
    output->keeps_as_of = keep;
}

gboolean
tamis_output_is_complete(const TamisOutput *output)
{
    return output->is_complete;
}

gboolean
tamis_output_commit(TamisOutput *output, TamisOutputResult *out_result, GError **error)
{
    g_auto(TamisOutputResult) result = {0};

    g_return_val_if_fail(output->is_complete, FALSE);
    result.needs = output->needs;
    result.removed = g_ptr_array_new_with_free_func(g_free);
    result.edited = g_ptr_array_new_with_free_func(g_free);
    if (!output->class->commit(output, &result, error))
        return FALSE;
    *out_result = result;
    result = (TamisOutputResult){0};
    return TRUE;
}

void
tamis_output_free(TamisOutput *output)
{
    if (output == NULL)
        return;
    tamis_layout_free(output->layout);
    tamis_manifest_writer_free(output->manifest);
    output->class->free(output);
}

void
tamis_output_result_clear(TamisOutputResult *result)
{
    g_clear_pointer(&result->removed, g_ptr_array_unref);
    g_clear_pointer(&result->edited, g_ptr_array_unref);
}
