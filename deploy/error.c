/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The domain of this folder's errors. */
#include "deploy/error.h"

G_DEFINE_QUARK(tamis - deploy - error - quark, tamis_deploy_error)

gboolean
tamis_deploy_error_is_transient(const GError *error)
{
    return g_error_matches(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_UNREACHABLE) ||
           g_error_matches(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_BUSY);
}
