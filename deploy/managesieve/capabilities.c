/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Capabilities. Names are compared in any case; what is not known is passed over. */
#include "deploy/managesieve/capabilities.h"

void
tamis_capabilities_clear(TamisManageSieveCapabilities *capabilities)
{
    g_free(capabilities->implementation);
    g_free(capabilities->sieve);
    g_free(capabilities->sasl);
    g_free(capabilities->notify);
    g_free(capabilities->version);
    g_free(capabilities->language);
    g_free(capabilities->owner);
    *capabilities = (TamisManageSieveCapabilities){.max_redirects = -1};
}

static void
take_text(char **place, const char *value)
{
    g_free(*place);
    *place = g_utf8_make_valid(value != NULL ? value : "", -1);
}

static void
take(TamisManageSieveCapabilities *capabilities, const char *name, const char *value)
{
    const struct {
        const char *name;
        char **place;
    } texts[] = {
        {"IMPLEMENTATION", &capabilities->implementation},
        {"SIEVE", &capabilities->sieve},
        {"SASL", &capabilities->sasl},
        {"NOTIFY", &capabilities->notify},
        {"VERSION", &capabilities->version},
        {"LANGUAGE", &capabilities->language},
        {"OWNER", &capabilities->owner},
    };
    guint64 number;

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (g_ascii_strcasecmp(name, texts[i].name) == 0)
            take_text(texts[i].place, value);
    if (g_ascii_strcasecmp(name, "STARTTLS") == 0)
        capabilities->starttls = TRUE;
    else if (g_ascii_strcasecmp(name, "UNAUTHENTICATE") == 0)
        capabilities->unauthenticate = TRUE;
    else if (g_ascii_strcasecmp(name, "MAXREDIRECTS") == 0 && value != NULL &&
             g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT32, &number, NULL))
        capabilities->max_redirects = (gint64)number;
}

void
tamis_capabilities_read(const TamisWireResponse *response,
                        TamisManageSieveCapabilities *out_capabilities)
{
    tamis_capabilities_clear(out_capabilities);
    for (guint32 line = 0; line + 1 < response->n_lines; line++) {
        const TamisWireWord *name = tamis_wire_response_word(response, line, 0);
        const TamisWireWord *value = tamis_wire_response_word(response, line, 1);
        take(out_capabilities, name->text, value != NULL ? value->text : NULL);
    }
}
