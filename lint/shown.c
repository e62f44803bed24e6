/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What lint/flow-facts.c wrote into a report, read again. */
#include "lint/shown.h"

TamisMessage *
tamis_shown_message(const TamisFindingWitness *witness)
{
    TamisMessage *message = tamis_message_new();

    for (guint i = 0; i < witness->n_headers; i++)
        tamis_message_append_header(message, witness->headers[2 * i], witness->headers[2 * i + 1]);
    if (witness->body != NULL)
        tamis_message_set_body(message, witness->body);
    tamis_message_set_size(message, witness->size_bytes);
    return message;
}

TamisDelivery
tamis_shown_delivery(const TamisFindingWitness *witness)
{
    return (TamisDelivery){
        .envelope_from = witness->envelope_from,
        .envelope_to = witness->to,
        .instant = witness->instant,
        .grades = {witness->spam_score, witness->has_spam_percent, witness->spam_percent,
                   witness->virus_score},
    };
}
