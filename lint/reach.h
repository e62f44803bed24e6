/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the form of the mail graph alone says of the chains of forwards that start in a mailbox: upper
 * bounds, whatever the conditions. Linear. */
#pragma once

#include "lint/mail.h"

#define TAMIS_ENDLESS G_MAXUINT32

/* By mailbox: forwards in a row at most, those that leave the site too; TAMIS_ENDLESS where a cycle is
 * reached. Caller frees. */
guint32 *tamis_mail_depths(TamisMail *mail);
/* The mailboxes, deepest first, else in their order. Caller frees. */
guint32 *tamis_order_by_depth(const guint32 *depths, guint32 n_mailboxes);
/* By mailbox: deliveries that a message to it can cause at most, its own counted; G_MAXUINT64 where a
 * cycle is reached, or more than that. Caller frees. */
guint64 *tamis_mail_sizes(TamisMail *mail);
