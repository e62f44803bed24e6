/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What can go wrong between Tamis and a place that scripts go to. The code says what to do about it; the
 * message says what happened, and to whom. */
#pragma once

#include "base/api.h"

#define TAMIS_DEPLOY_ERROR (tamis_deploy_error_quark())
TAMIS_API GQuark tamis_deploy_error_quark(void);
typedef enum {
    TAMIS_DEPLOY_ERROR_UNREACHABLE, /* no connection, it broke, or it was too slow: may be tried again */
    TAMIS_DEPLOY_ERROR_BUSY,        /* the server asks to come back later: may be tried again */
    TAMIS_DEPLOY_ERROR_TLS,     /* not the server that was meant, or no TLS where it has to be */
    TAMIS_DEPLOY_ERROR_LOGIN,   /* the server does not let this user in */
    TAMIS_DEPLOY_ERROR_REFUSED, /* the server says no: to the script, its name, the command */
    TAMIS_DEPLOY_ERROR_QUOTA,   /* no room */
    TAMIS_DEPLOY_ERROR_MISSING, /* there is no such script */
    TAMIS_DEPLOY_ERROR_PROTOCOL, /* what the server says makes no sense: the connection is given up */
    TAMIS_DEPLOY_ERROR_INVALID,     /* what is wanted cannot be said to any server; a bad URL */
    TAMIS_DEPLOY_ERROR_UNSUPPORTED, /* this server or store cannot do that */
    TAMIS_DEPLOY_ERROR_LOCKED,      /* another deployment is at work there */
    TAMIS_DEPLOY_ERROR_CHANGED, /* someone else changed it meanwhile, or what was read back differs */
} TamisDeployError;

/* Whether the same may succeed a little later. */
TAMIS_API gboolean tamis_deploy_error_is_transient(const GError *error);
