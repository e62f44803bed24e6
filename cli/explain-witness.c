/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Checks the file once more, and takes the message from the finding. */
#include "cli/explain-witness.h"

#include "cli/check-file.h"

/* NULL: there are fewer, *out_n. */
static const TamisDiagnostic *
find_numbered(TamisReport *report, guint number, guint *out_n)
{
    *out_n = 0;
    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);

        if (diagnostic->number == number)
            return diagnostic;
        *out_n = MAX(*out_n, diagnostic->number);
    }
    return NULL;
}

const TamisFindingWitness *
tamis_find_witness(const TamisOptions *options, const char *include_dir, const char *global_dir,
                   const char *path, int number, TamisReport *report, int *out_status)
{
    g_autoptr(TamisServer) server = tamis_options_load_server(options, path, out_status);
    g_autoptr(GHashTable) servers = tamis_check_servers_new();
    const TamisFileCheck check = {
        .script = {.options = options,
                   .server = server,
                   .include_dir = include_dir,
                   .global_dir = global_dir,
                   .servers = servers},
    };
    const TamisDiagnostic *diagnostic;
    guint n;

    if (server == NULL)
        return NULL;
    *out_status = TAMIS_EXIT_UNREADABLE;
    if (!tamis_check_file(&check, path, report))
        return NULL;
    diagnostic = find_numbered(report, (guint)number, &n);
    if (diagnostic == NULL)
        tamis_complain("there is no finding %d in '%s': it has %u", number, path, n);
    else if (diagnostic->witness == NULL)
        tamis_complain("finding %d in '%s' comes without a message: %s", number, path,
                       diagnostic->message);
    return diagnostic != NULL ? diagnostic->witness : NULL;
}
