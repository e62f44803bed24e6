/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of the policy language in XML. grammar/policy.rng says the same as a schema; a test compares. */
#include "grammar/policy/xml-forms.h"

#include <string.h>

#define ADDRESS_TEST " [@part @part] [@negated not] @match [@group @group] %values"

/* clang-format off */
static const TamisXmlPolicyForm forms[] = {
    {TAMIS_XML_IN_POLICY, "organization", "organization { %others }", TAMIS_XML_IN_ORGANIZATION},
    {TAMIS_XML_IN_ORGANIZATION, "domains", "domains %values ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_ORGANIZATION, "timezone", "timezone %word ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_ORGANIZATION, "delimiter", "delimiter $ ;", TAMIS_XML_IN_NOTHING},

    {TAMIS_XML_IN_POLICY, "import", "import [@kind @kind] $ ;", TAMIS_XML_IN_NOTHING},

    {TAMIS_XML_IN_POLICY, "group", "group @name [%csv from %csv [%where %where] ;] [!%csv { %values }]", TAMIS_XML_IN_GROUP},
    {TAMIS_XML_IN_GROUP, "csv", "csv $ column @column", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_GROUP, "where", "where @column is $", TAMIS_XML_IN_NOTHING},

    {TAMIS_XML_IN_POLICY, "hours", "hours @name { %others }", TAMIS_XML_IN_HOURS},
    {TAMIS_XML_IN_HOURS, "open", "@,days %,others ;", TAMIS_XML_IN_OPEN},
    {TAMIS_XML_IN_OPEN, "range", "@from - @to", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_HOURS, "timezone", "timezone %word ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_HOURS, "except", "except @first [@last .. @last] ;", TAMIS_XML_IN_NOTHING},

    {TAMIS_XML_IN_POLICY, "condition", "condition @name = %others ;", TAMIS_XML_IN_FORMULA},
    {TAMIS_XML_IN_FORMULA, "or", "(? %|others )?", TAMIS_XML_IN_FORMULA},
    {TAMIS_XML_IN_FORMULA, "and", "(? %&others )?", TAMIS_XML_IN_FORMULA},
    {TAMIS_XML_IN_FORMULA, "not", "not %others", TAMIS_XML_IN_FORMULA},
    {TAMIS_XML_IN_FORMULA, "condition", "@name", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_FORMULA, "subject", "subject [@negated not] @match %values", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_FORMULA, "body", "body [@negated not] @match %values", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_FORMULA, "header", "header $field [@negated not] @match %values", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_FORMULA, "from", "from" ADDRESS_TEST, TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_FORMULA, "to", "to" ADDRESS_TEST, TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_FORMULA, "cc", "cc" ADDRESS_TEST, TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_FORMULA, "recipient", "recipient" ADDRESS_TEST, TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_FORMULA, "envelope-from", "envelope from" ADDRESS_TEST, TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_FORMULA, "envelope-to", "envelope to" ADDRESS_TEST, TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_FORMULA, "size", "size @<compare %word", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_FORMULA, "spam-score", "spam score @<compare %word", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_FORMULA, "now", "now [@negated not] in @in", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_FORMULA, "mailing-list", "mailing list", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_FORMULA, "automatic", "automatic", TAMIS_XML_IN_NOTHING},

    {TAMIS_XML_IN_POLICY, "encryption", "encryption @name { %others }", TAMIS_XML_IN_ENCRYPTION},
    {TAMIS_XML_IN_ENCRYPTION, "filter", "filter %values ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_ENCRYPTION, "header", "header $ ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_ENCRYPTION, "gateway", "gateway %values ;", TAMIS_XML_IN_NOTHING},

    {TAMIS_XML_IN_POLICY, "limits", "limits { %others }", TAMIS_XML_IN_LIMITS},
    {TAMIS_XML_IN_LIMITS, "targets", "targets %word ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_LIMITS, "hops", "hops %word ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_LIMITS, "copies", "copies %word ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_LIMITS, "script-size", "script-size %word ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_LIMITS, "lifetime", "lifetime %word ;", TAMIS_XML_IN_NOTHING},

    {TAMIS_XML_IN_POLICY, "forbid", "forbid $title forward [%from %from] [%to %to] [%unless %unless] ;", TAMIS_XML_IN_RULE},
    {TAMIS_XML_IN_POLICY, "require", "require $title @what [@group in @group] for forward [%from %from] [%to %to] ;", TAMIS_XML_IN_RULE},
    {TAMIS_XML_IN_RULE, "from", "from %others %values", TAMIS_XML_IN_PARTY},
    {TAMIS_XML_IN_RULE, "to", "to %others %values", TAMIS_XML_IN_PARTY},
    {TAMIS_XML_IN_RULE, "unless", "unless [@what @what] [@condition @condition]", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_PARTY, "internal", "internal", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_PARTY, "external", "external", TAMIS_XML_IN_NOTHING},

    {TAMIS_XML_IN_POLICY, "template", "template @name ( [@parameters @,parameters] ) { %others }", TAMIS_XML_IN_ITEMS},
    {TAMIS_XML_IN_POLICY, "mailbox", "mailbox %values { %others }", TAMIS_XML_IN_ITEMS},
    {TAMIS_XML_IN_ITEMS, "alias", "alias %values ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_ITEMS, "limits", "limits { %others }", TAMIS_XML_IN_LIMITS},
    {TAMIS_XML_IN_ITEMS, "use", "use @template ( %values ) ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_ITEMS, "route", "route @name [@starting starting @starting] [@until until @until]"
                                  " [%when %when] [@otherwise otherwise] { %others }", TAMIS_XML_IN_ROUTE},
    {TAMIS_XML_IN_ROUTE, "when", "when %others", TAMIS_XML_IN_FORMULA},
    {TAMIS_XML_IN_ROUTE, "forward", "forward [@encrypted-with encrypted with @encrypted-with] to [@one-of one of]"
                                    " %values [@without-copy without copy] ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_ROUTE, "reply", "reply [!@bare {] %others [!@bare }]", TAMIS_XML_IN_REPLY},
    {TAMIS_XML_IN_REPLY, "subject", "subject $ ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_REPLY, "text", "[!^bare text] $ ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_REPLY, "every", "every %word ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_REPLY, "from", "from $ ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_ROUTE, "keep", "keep [%folder in $folder] ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_ROUTE, "discard", "discard ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_ROUTE, "reject", "reject $ ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_ROUTE, "mark", "mark $ ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_ROUTE, "final", "final ;", TAMIS_XML_IN_NOTHING},

    {TAMIS_XML_IN_POLICY, "each", "each @name in %csv [%where %where] { %others }", TAMIS_XML_IN_EACH},
    {TAMIS_XML_IN_EACH, "csv", "csv $", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_EACH, "where", "where @column is $", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_EACH, "mailbox", "mailbox %values { %others }", TAMIS_XML_IN_ITEMS},

    {TAMIS_XML_IN_POLICY, "external", "external %values %forwards-to ;", TAMIS_XML_IN_EXTERNAL},
    {TAMIS_XML_IN_EXTERNAL, "forwards-to", "forwards to %values", TAMIS_XML_IN_NOTHING},

    {TAMIS_XML_IN_POLICY, "allow", "allow @finding [%in %in] [@until until @until] because $because ;", TAMIS_XML_IN_ALLOW},
    {TAMIS_XML_IN_ALLOW, "in", "in %values", TAMIS_XML_IN_NOTHING},

    {TAMIS_XML_IN_POLICY, "test", "test $title { %others }", TAMIS_XML_IN_TEST},
    {TAMIS_XML_IN_TEST, "message", "message to %values { %others }", TAMIS_XML_IN_MESSAGE},
    {TAMIS_XML_IN_MESSAGE, "from", "from $ ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_MESSAGE, "to", "to $ ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_MESSAGE, "cc", "cc $ ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_MESSAGE, "subject", "subject $ ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_MESSAGE, "header", "header $field $text ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_MESSAGE, "body", "body $ ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_MESSAGE, "size", "size %word ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_MESSAGE, "spam-score", "spam score %word ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_MESSAGE, "envelope-from", "envelope from %values ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_MESSAGE, "at", "at %word ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_MESSAGE, "file", "file $ ;", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_TEST, "expect", "expect [@no no] %others ;", TAMIS_XML_IN_EXPECT},
    {TAMIS_XML_IN_EXPECT, "forward", "forward [@encrypted encrypted] [%values to %values]", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_EXPECT, "mark", "mark $", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_EXPECT, "copy", "copy", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_EXPECT, "reply", "reply", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_EXPECT, "reject", "reject", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_EXPECT, "discard", "discard", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_EXPECT, "file", "file in $", TAMIS_XML_IN_NOTHING},
    {TAMIS_XML_IN_EXPECT, "delivery", "delivery to %values", TAMIS_XML_IN_NOTHING},
};
/* clang-format on */

const TamisXmlPolicyForm *
tamis_xml_forms(gsize *out_n)
{
    *out_n = G_N_ELEMENTS(forms);
    return forms;
}

const TamisXmlPolicyForm *
tamis_xml_form_find(TamisXmlContext context, const char *element)
{
    for (gsize i = 0; i < G_N_ELEMENTS(forms); i++)
        if (forms[i].context == context && strcmp(forms[i].element, element) == 0)
            return &forms[i];
    return NULL;
}

#define MAX_WORDS 10

const char *const *
tamis_xml_attribute_words(const char *element, const char *attribute)
{
    static const struct {
        const char *element; /* NULL: any */
        const char *attribute;
        const char *words[MAX_WORDS]; /* NULL-terminated */
    } sets[] = {
        {"import", "kind", {"aliases"}},
        {"subject", "match", {"is", "contains", "matches", "begins", "ends"}},
        {"body", "match", {"is", "contains", "matches", "begins", "ends"}},
        {"header", "match", {"is", "contains", "matches", "begins", "ends", "exists"}},
        {NULL,
         "match",
         {"is", "contains", "matches", "begins", "ends", "in", "internal", "external", "under"}},
        {NULL, "part", {"domain", "local", "detail"}},
        {NULL, "compare", {"less", "at-most", "more", "at-least"}},
        {"require", "what", {"expiry", "copy", "verified"}},
        {"unless", "what", {"encrypted", "copied"}},
        {NULL, "layout", {"block"}},
        {NULL, "negated", {"true"}},
        {NULL, "otherwise", {"true"}},
        {NULL, "one-of", {"true"}},
        {NULL, "without-copy", {"true"}},
        {NULL, "bare", {"true"}},
        {NULL, "encrypted", {"true"}},
        {NULL, "no", {"true"}},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(sets); i++)
        if (strcmp(sets[i].attribute, attribute) == 0 &&
            (sets[i].element == NULL || strcmp(sets[i].element, element) == 0))
            return sets[i].words;
    return NULL;
}
