/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Look-ups in the table of the language. The table itself is generated. */
#include "grammar/sieve/table.h"

#include "base/bytes.h"

const guint8 tamis_sieve_shapes[] = {TAMIS_SIEVE_SHAPE_NONE,
#define X(constant, name, shape, text) TAMIS_SIEVE_SHAPE_##shape,
                                     TAMIS_SIEVE_TYPES(X)
#undef X
};

static const char *const type_texts[] = {"nothing",
#define X(constant, name, shape, text) text,
                                         TAMIS_SIEVE_TYPES(X)
#undef X
};

/* scripts/sieve-table.py sees to it that no two names share one. */
static inline guint8
tamis_sieve_slot(const char *name, gsize length)
{
    guint first = (guchar)name[0] | 0x20, last = (guchar)name[length - 1] | 0x20,
          middle = (guchar)name[length / 2] | 0x20;

    return (guint8)(length + first * 13 + last * 3 + middle * 5);
}

static const TamisSieveWord *
find(guint is_test, const char *name, gsize length)
{
    if (length == 0)
        return NULL;
    guint8 index = tamis_sieve_word_slots[is_test][tamis_sieve_slot(name, length)];
    if (index == 0)
        return NULL;
    const TamisSieveWord *word = &tamis_sieve_words[index - 1];
    return word->length == length && tamis_bytes_equal_lower(word->name, name, length) ? word
                                                                                       : NULL;
}

const TamisSieveWord *
tamis_sieve_find_command(const char *name, gsize length)
{
    return find(0, name, length);
}

const TamisSieveWord *
tamis_sieve_find_test(const char *name, gsize length)
{
    return find(1, name, length);
}

const TamisSieveWord *
tamis_sieve_next_word(const TamisSieveWord *word)
{
    const TamisSieveWord *next = word + 1;

    if (next == tamis_sieve_words + tamis_sieve_n_words || next->length != word->length ||
        (next->kind == TAMIS_SIEVE_TEST) != (word->kind == TAMIS_SIEVE_TEST) ||
        !tamis_bytes_equal_lower(next->name, word->name, word->length))
        return NULL;
    return next;
}

static gboolean
is_within(const TamisSieveWord *word, const TamisExtensionSet *required)
{
    for (guint i = 0; i < G_N_ELEMENTS(word->extensions); i++)
        if (word->extensions[i] != TAMIS_EXTENSION_NONE &&
            !tamis_extension_set_has(required, word->extensions[i]))
            return FALSE;
    return TRUE;
}

const TamisSieveWord *
tamis_sieve_choose_among(const TamisSieveWord *word, const TamisExtensionSet *required)
{
    if (G_LIKELY(is_within(word, required)))
        return word;
    for (const TamisSieveWord *other = word; (other = tamis_sieve_next_word(other)) != NULL;)
        if (is_within(other, required))
            return other;
    return word;
}

/* Likewise of no two tags of a word. */
static inline guint
tamis_sieve_tag_slot(const TamisSieveWord *word, const char *name, gsize length)
{
    guint first = (guchar)name[0] | 0x20, last = (guchar)name[length - 1] | 0x20,
          middle = (guchar)name[(length - 1) / 2] | 0x20;

    return ((first | middle << 8 | last << 16 | (guint)length << 24) * word->tag_factor) >> 26;
}

int
tamis_sieve_find_tag(const TamisSieveWord *word, const char *name, gsize length)
{
    if (length == 0 || word->n_tags == 0)
        return -1;
    int index = word->tag_slots[tamis_sieve_tag_slot(word, name, length)] - 1;
    return index >= 0 && word->tags[index].length == length &&
                   tamis_bytes_equal_lower(word->tags[index].name, name, length)
               ? index
               : -1;
}

const char *
tamis_sieve_type_text(TamisSieveType type)
{
    return type_texts[type];
}

TamisExtension
tamis_sieve_comparator_extension(const char *name, gsize length)
{
    static const char prefix[] = "comparator-";
    char capability[64];

    if (length + sizeof prefix > sizeof capability)
        return TAMIS_EXTENSION_NONE;
    memcpy(capability, prefix, sizeof prefix - 1);
    memcpy(capability + sizeof prefix - 1, name, length);
    return tamis_extension_find(capability, sizeof prefix - 1 + length);
}

TamisExtension
tamis_sieve_envelope_part_extension(const char *name, gsize length)
{
    static const struct {
        const char *name;
        TamisExtension extension;
    } parts[] = {
        {"from", TAMIS_EXTENSION_ENVELOPE},
        {"to", TAMIS_EXTENSION_ENVELOPE},
        {"auth", TAMIS_EXTENSION_ENVELOPE},
        {"notify", TAMIS_EXTENSION_ENVELOPE_DSN},
        {"orcpt", TAMIS_EXTENSION_ENVELOPE_DSN},
        {"ret", TAMIS_EXTENSION_ENVELOPE_DSN},
        {"envid", TAMIS_EXTENSION_ENVELOPE_DSN},
        {"bytimeabsolute", TAMIS_EXTENSION_ENVELOPE_DELIVERBY},
        {"bytimerelative", TAMIS_EXTENSION_ENVELOPE_DELIVERBY},
        {"bymode", TAMIS_EXTENSION_ENVELOPE_DELIVERBY},
        {"bytrace", TAMIS_EXTENSION_ENVELOPE_DELIVERBY},
    };

    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        if (strlen(parts[i].name) == length && tamis_bytes_equal_lower(parts[i].name, name, length))
            return parts[i].extension;
    return TAMIS_EXTENSION_NONE;
}
