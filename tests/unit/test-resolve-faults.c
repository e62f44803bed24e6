/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * compiler/resolve: what it says of policies that are wrong, word for word, and where. */
#include "resolving.h"

#include <stdlib.h>

static void
test_organization(void)
{
    assert_faults_of((const char *[]){"p", "group g { a@acme.example }\n", NULL},
                     "1:1-1 syntax: the policy has no organization\n"
                     "  = say whose it is: organization { domains acme.example; timezone "
                     "Europe/Berlin; }\n");
    assert_faults_of((const char *[]){"p", "organization { delimiter \"+\"; }\n", NULL},
                     "1:1-32 syntax: the organization has no domains\n"
                     "  = add 'domains acme.example;' with your own\n"
                     "1:1-32 syntax: the organization has no time zone\n"
                     "  = add 'timezone Europe/Berlin;' with your own\n");
    assert_faults("organization { domains acme.example; timezone UTC; }\n",
                  "2:1-53 duplicate-name: the organization is given more than once\n"
                  "  ~ 1:1-72 first given here\n"
                  "  = take one of them out\n");
    assert_faults_of(
        (const char *[]){"p",
                         "organization { domains a@acme.example, \"b c\"; timezone "
                         "Asia/Shangai; delimiter \"ab\"; }\n",
                         NULL},
        "1:24-38 type: 'a@acme.example' is an address where a domain is needed\n"
        "  = write a domain there\n"
        "1:40-45 type: 'b c' is no domain\n"
        "  = write it as acme.example\n"
        "1:56-68 unknown-name: unknown time zone 'Asia/Shangai'\n"
        "  = did you mean 'Asia/Shanghai'?\n"
        "1:80-84 type: 'ab' is no delimiter\n"
        "  = write the one character that parts a name from its detail, such as \"+\"\n");
}

static void
test_imports(void)
{
    assert_faults("import \"none.tamis\";\nimport aliases \"none\";\n",
                  "2:8-20 syntax: cannot read 'none.tamis'\n"
                  "  = check the name, which is relative to this file, and that it may be read\n"
                  "3:16-22 syntax: cannot read 'none'\n"
                  "  = check the name, which is relative to this file, and that it may be read\n");
    assert_faults("import \"${x}\";\n", "2:9-13 unknown-name: '${x}' names nothing here\n"
                                        "  = write '$${' for a plain '${'\n");
    assert_faults("import \"policy.tamis\";\n",
                  "2:8-22 definition-cycle: 'policy.tamis' leads back to itself\n"
                  "  = take one of the imports out\n");
    assert_faults("import \"a/b.tamis\";\n",
                  "a/c.tamis:1:8-17 definition-cycle: 'a/b.tamis' leads back to itself\n"
                  "  ~ a/b.tamis:1:8-17 it imports 'a/c.tamis' here\n"
                  "  = take one of the imports out\n",
                  "a/b.tamis", "import \"c.tamis\";\n", "a/c.tamis", "import \"b.tamis\";\n");
    /* A file that two import is read once. */
    assert_faults("import \"b\"; import \"c\";\n", "", "b", "import \"d\";", "c", "import \"d\";",
                  "d", "group g { a@acme.example }\n");
    assert_faults("import \"b\";\n",
                  "b:1:11-17 unknown-name: unknown group 'nobody'\n"
                  "  = define 'group nobody', or put in quotes what is no name\n",
                  "b", "group g { nobody }\n");
}

static void
test_duplicates(void)
{
    assert_faults("group g { }\nimport \"b\";\ngroup g { }\n",
                  "4:7-8 duplicate-name: group 'g' is defined more than once\n"
                  "  ~ 2:7-8 first defined here\n"
                  "  ~ b:1:7-8 and here\n"
                  "  = give each group a name of its own\n",
                  "b", "group g { }\n");
    /* Each kind has its own names. */
    assert_faults("group g { }\ncondition g = automatic;\nhours g { daily 09:00-10:00; }\n"
                  "template g(g) { }\nencryption g { gateway g.example; }\n",
                  "");
    assert_faults("template t(a, b, a) { }\n",
                  "2:18-19 duplicate-name: parameter 'a' is defined more than once\n"
                  "  ~ 2:12-13 first defined here\n"
                  "  = give each parameter a name of its own\n");
    assert_faults("mailbox a@acme.example { route r { } route s { } route r { } }\n",
                  "2:56-57 duplicate-name: route 'r' is defined more than once\n"
                  "  ~ 2:32-33 first defined here\n"
                  "  = give each route of the mailbox a name of its own\n");
}

static void
test_mailbox_addresses(void)
{
    assert_faults("mailbox a@acme.example { }\nmailbox b@acme.example, A@ACME.example { }\n",
                  "3:25-39 duplicate-name: mailbox 'A@acme.example' is defined more than once\n"
                  "  ~ 2:9-23 first defined here\n"
                  "  = put the routes of both into one block\n");
    assert_faults(
        "mailbox a@acme.example { alias b@acme.example; }\nmailbox b@acme.example { }\n",
        "3:9-23 duplicate-name: mailbox 'b@acme.example' is an alias of 'a@acme.example'\n"
        "  ~ 2:32-46 first defined here\n"
        "  = take one of them out: an address is one mailbox's\n");
    assert_faults("mailbox b@acme.example { }\nmailbox a@acme.example { alias b@acme.example; }\n",
                  "3:32-46 duplicate-name: alias 'b@acme.example' is a mailbox\n"
                  "  ~ 2:9-23 first defined here\n"
                  "  = take one of them out: an address is one mailbox's\n");
    assert_faults(
        "mailbox a@acme.example { alias c@acme.example; alias c@acme.example; }\n"
        "mailbox b@acme.example { alias c@acme.example; }\n",
        "2:54-68 duplicate-name: alias 'c@acme.example' is one of 'a@acme.example' already\n"
        "  ~ 2:32-46 first defined here\n"
        "  = take one of them out: an address is one mailbox's\n"
        "3:32-46 duplicate-name: alias 'c@acme.example' is one of 'a@acme.example' already\n"
        "  ~ 2:32-46 first defined here\n"
        "  = take one of them out: an address is one mailbox's\n");
    /* The internationalised domain and its A-labels are the same. */
    assert_faults(
        "mailbox a@bücher.example { }\nmailbox a@xn--bcher-kva.example { }\n",
        "3:9-32 duplicate-name: mailbox 'a@xn--bcher-kva.example' is defined more than once\n"
        "  ~ 2:9-25 first defined here\n"
        "  = put the routes of both into one block\n");
    assert_faults("mailbox acme.example, 2026-12-31, \"x\" { alias y.example; }\n",
                  "2:9-21 type: 'acme.example' is a domain where an address is needed\n"
                  "  = write an address there\n"
                  "2:23-33 type: '2026-12-31' is a date where an address is needed\n"
                  "  = write an address there\n"
                  "2:35-38 bad-address: 'x' has no '@'\n"
                  "  = write it as name@domain\n");
}

static void
test_groups(void)
{
    assert_faults("group a { b }\ngroup b { c }\ngroup c { x@acme.example, a }\n",
                  "4:27-28 definition-cycle: group 'a' leads back to itself\n"
                  "  ~ 2:7-8 'a' is defined here\n"
                  "  ~ 2:11-12 which uses 'b' here\n"
                  "  ~ 3:11-12 which uses 'c' here\n"
                  "  = take one of these uses out\n");
    assert_faults(
        "group support { }\ngroup g { suport, 2026-12-31, \"a@@b\" }\n",
        "3:11-17 unknown-name: unknown group 'suport'\n"
        "  = did you mean 'support'?\n"
        "3:19-29 type: '2026-12-31' is a date where an address, a domain or a group is needed\n"
        "  = write an address, a domain or a group there\n"
        "3:31-37 bad-address: 'a@@b' has characters, dots or a length before the '@' that mail "
        "servers refuse\n"
        "  = write name@domain alone, with a name of ASCII characters, at most 64\n");
    assert_faults("group g from csv \"t.csv\" column adress where nam is \"x\";\n",
                  "2:33-39 unknown-name: table 't.csv' has no column 'adress'\n"
                  "  = did you mean 'address'?\n",
                  "t.csv", "address,nam\nx@acme.example,x\n");
    assert_faults("group g from csv \"t.csv\" column address where nam is \"x\";\n",
                  "2:47-50 unknown-name: table 't.csv' has no column 'nam'\n"
                  "  = did you mean 'name'?\n",
                  "t.csv", "address,name\nx@acme.example,x\n");
    assert_faults(
        "group g from csv \"t.csv\" column a;\n",
        "t.csv:2:3-5 bad-address: 'x@' has no valid domain after the '@' (row 2, column 'a')\n"
        "  ~ 2:33-34 needed here\n"
        "  = write the domain's name, as in name@acme.example\n"
        "t.csv:4:3-3 bad-address: no address is given (row 4, column 'a')\n"
        "  ~ 2:33-34 needed here\n"
        "  = fill it in, or leave the row out by 'where'\n",
        "t.csv", "n,a\n1,x@\n2,y@acme.example\n3,\n");
    assert_faults("group e { }\nmailbox a@acme.example { route r { forward to e; } }\n"
                  "condition c = from in e;\n",
                  "3:47-48 empty-group: group 'e' has no member to forward to\n"
                  "  ~ 2:7-8 defined here\n"
                  "  = add a member, or take the group out of the targets\n");
    assert_faults("group d { x.example, y@acme.example }\n"
                  "mailbox a@acme.example { route r { forward to d; } }\n",
                  "3:47-48 type: 'x.example' in group 'd' is no address, and a target is one\n"
                  "  ~ 2:11-20 it stands here\n"
                  "  ~ 2:7-8 defined here\n"
                  "  = forward to a group of addresses alone\n");
    assert_faults("group d { \"text\" }\ncondition c = from in d;\n"
                  "condition e = subject contains d;\n",
                  "2:11-17 bad-address: 'text' is no address and no domain\n"
                  "  ~ 3:23-24 needed here\n"
                  "  ~ 2:7-8 it is in this group\n"
                  "  = take it out of the group, or write it as name@domain\n");
    /* What is broken is said once. */
    assert_faults("group d { \"a@@b\" }\nmailbox a@acme.example { route r { forward to d; } }\n"
                  "condition e = from in d;\n",
                  "2:11-17 bad-address: 'a@@b' has characters, dots or a length before the '@' "
                  "that mail servers refuse\n"
                  "  = write name@domain alone, with a name of ASCII characters, at most 64\n");
}

static void
test_conditions(void)
{
    assert_faults("condition a = not b;\ncondition b = automatic and (a or mailing list);\n",
                  "3:30-31 definition-cycle: condition 'a' leads back to itself\n"
                  "  ~ 2:11-12 'a' is defined here\n"
                  "  ~ 2:19-20 which uses 'b' here\n"
                  "  = take one of these uses out\n");
    assert_faults("condition urgent = automatic;\ncondition b = urgnt or now in office;\n",
                  "3:15-20 unknown-name: unknown condition 'urgnt'\n"
                  "  = did you mean 'urgent'?\n"
                  "3:31-37 unknown-name: unknown hours 'office'\n"
                  "  = define 'hours office', or take it out\n");
    assert_faults(
        "group vip { a@b.example }\n"
        "condition a = subject contains 2026-12-31, vip;\n"
        "condition b = from is b.example, vip;\n"
        "condition c = from domain is x@b.example, \"?!\";\n"
        "condition d = from local is x@b.example or from under \"?!\", vip;\n"
        "condition e = from in nobody;\n",
        "3:32-42 type: '2026-12-31' is a date where text is needed\n"
        "  = quote it\n"
        "3:44-47 type: 'vip' is a group where text is needed\n"
        "  = write text there\n"
        "4:23-32 type: 'b.example' is a domain where an address is needed\n"
        "  = write an address there\n"
        "4:34-37 type: 'vip' is a group where an address or text is needed\n"
        "  = write 'in vip'\n"
        "5:30-41 type: 'x@b.example' is an address where a domain is needed\n"
        "  = write a domain there\n"
        "5:43-47 type: '?!' is no domain\n"
        "  = write it as acme.example\n"
        "6:29-40 type: 'x@b.example' is an address where text without a domain is needed\n"
        "  = write text without a domain there\n"
        "6:55-59 type: '?!' is no domain\n"
        "  = write it as acme.example\n"
        "6:61-64 type: 'vip' is a group where a domain is needed\n"
        "  = write 'in vip'\n"
        "7:23-29 unknown-name: unknown group 'nobody'\n"
        "  = define 'group nobody', or put in quotes what is no name\n");
    assert_faults("condition a = header \"X Y\" exists or header \"\" is \"x\";\n"
                  "condition b = spam score > 11 or subject is \"a\\nb\";\n"
                  "condition c = body contains \"a\\nb\";\n",
                  "2:22-27 type: 'X Y' is no name of a header field\n"
                  "  = write 1 to 128 ASCII characters without blanks and colons\n"
                  "2:45-47 type: '' is no name of a header field\n"
                  "  = write 1 to 128 ASCII characters without blanks and colons\n"
                  "3:28-30 type: '11' is no spam score\n"
                  "  = write a number from 0 (untested) to 10 (spam)\n"
                  "3:45-51 unsafe-string: a line break where one line is needed\n"
                  "  = take it out\n");
}

static void
test_actions(void)
{
    assert_faults("mailbox a@acme.example { route r {\n"
                  "forward encrypted with smime to acme.example, 2026-12-31, \"x\", nobody;\n"
                  "keep in \"\"; keep in \"../x\"; keep in \"a//b\"; keep in \"~root\";\n"
                  "mark \"From: x\"; mark \"X-A\"; mark \"X-A:  \"; mark \"X A: b\"; mark "
                  "\"X-A: b\\nBcc: c\";\n"
                  "reply { subject \"a\\nb\"; text \"a\\nb\"; from \"boss\"; } } }\n",
                  "3:24-29 unknown-name: unknown encryption 'smime'\n"
                  "  = define 'encryption smime', or take it out\n"
                  "3:33-45 type: 'acme.example' is a domain where an address or a group is needed\n"
                  "  = write an address or a group there\n"
                  "3:47-57 type: '2026-12-31' is a date where an address or a group is needed\n"
                  "  = write an address or a group there\n"
                  "3:59-62 bad-address: 'x' has no '@'\n"
                  "  = write it as name@domain\n"
                  "3:64-70 unknown-name: unknown group 'nobody'\n"
                  "  = define 'group nobody', or put in quotes what is no name\n"
                  "4:9-11 type: '' is no name of a folder\n"
                  "  = write levels of 1 to 200 bytes, with one '/' or '.' between them\n"
                  "4:21-27 type: '../x' is no name of a folder\n"
                  "  = write levels of 1 to 200 bytes, with one '/' or '.' between them\n"
                  "4:37-43 type: 'a//b' is no name of a folder\n"
                  "  = write levels of 1 to 200 bytes, with one '/' or '.' between them\n"
                  "4:53-60 type: '~root' is no name of a folder\n"
                  "  = write levels of 1 to 200 bytes, with one '/' or '.' between them\n"
                  "5:6-15 type: 'From' is a field that a message has already\n"
                  "  = mark with a field of your own, such as 'X-From'\n"
                  "5:22-27 type: 'X-A' is no header field\n"
                  "  = write it as \"Name: value\"\n"
                  "5:34-42 type: the field 'X-A' has no value\n"
                  "  = write one behind the colon, as \"X-A: yes\"\n"
                  "5:49-57 type: 'X A' is no name of a header field\n"
                  "  = write 1 to 128 ASCII characters without blanks and colons\n"
                  "5:64-80 unsafe-string: a line break where one line is needed\n"
                  "  = take it out\n"
                  "6:17-23 unsafe-string: a line break where one line is needed\n"
                  "  = take it out\n"
                  "6:43-49 bad-address: 'boss' has no '@'\n"
                  "  = write it as \"Name <name@domain>\"\n");
}

static void
test_dates(void)
{
    assert_faults("template t(d) { route r starting d until d + 3 hours { } }\n"
                  "mailbox a@acme.example { use t(2026-12-31); use t(\"2026-12-31\");\n"
                  "use t(a@acme.example); route s until 9999-12-31 + 1 day { } }\n"
                  "mailbox b@acme.example { route r starting 0001-01-02 - 3 days { }\n"
                  "route s until nobody { } route u until 2026-12-31 + 5 hours { } }\n",
                  "3:32-42 type: hours are counted from an instant, and '2026-12-31' is a date\n"
                  "  ~ 2:42-53 needed here\n"
                  "  = give it a time of day, or count in days\n"
                  "3:51-63 type: '2026-12-31' is text where a date is needed\n"
                  "  ~ 2:34-35 needed here\n"
                  "  = write a date there\n"
                  "4:7-21 type: 'a@acme.example' is an address where a date is needed\n"
                  "  ~ 2:34-35 needed here\n"
                  "  = write a date there\n"
                  "4:38-48 type: the date lies outside the years 1 to 9999\n"
                  "  = write a nearer date, or a shorter duration\n"
                  "5:43-53 type: the date lies outside the years 1 to 9999\n"
                  "  = write a nearer date, or a shorter duration\n"
                  "6:15-21 unknown-name: 'nobody' is no date\n"
                  "  = write it as 2026-12-31, or as 2026-12-31 18:00\n"
                  "6:40-50 type: hours are counted from an instant, and '2026-12-31' is a date\n"
                  "  = give it a time of day, or count in days\n");
}

static void
test_templates(void)
{
    assert_faults("template t(a) { use u(a); }\ntemplate u(a) { use t(a); }\n",
                  "3:21-22 definition-cycle: template 't' leads back to itself\n"
                  "  ~ 2:10-11 't' is defined here\n"
                  "  ~ 2:21-22 which uses 'u' here\n"
                  "  = take one of these uses out\n");
    assert_faults("template leaver(a) { route r { forward to b; mark \"X-A: ${b}\"; } }\n"
                  "mailbox a@acme.example { use leaver(); use leaver(a@b.example, b.example);\n"
                  "use lever(a@b.example); }\n",
                  "2:43-44 unknown-name: unknown parameter or group 'b'\n"
                  "  = define 'group b', or put in quotes what is no name\n"
                  "2:57-61 unknown-name: '${b}' names nothing here\n"
                  "  = use a parameter of template 'leaver'; a template sees no row\n"
                  "3:30-36 type: template 'leaver' takes 1 value and is given 0\n"
                  "  ~ 2:10-16 defined here\n"
                  "  = give it a value for each parameter, in their order\n"
                  "3:44-50 type: template 'leaver' takes 1 value and is given 2\n"
                  "  ~ 2:10-16 defined here\n"
                  "  = give it a value for each parameter, in their order\n"
                  "4:5-10 unknown-name: unknown template 'lever'\n"
                  "  = did you mean 'leaver'?\n");
    /* The argument is wrong, where it was given; the template says why. */
    assert_faults("template inner(x) { route r { forward to x; } }\n"
                  "template outer(y) { use inner(y); }\n"
                  "mailbox a@acme.example { use outer(2026-12-31); }\n",
                  "4:36-46 type: '2026-12-31' is a date where an address or a group is needed\n"
                  "  ~ 2:42-43 needed here\n"
                  "  ~ 3:21-34 in the template used here\n"
                  "  = write an address or a group there\n");
    assert_faults("group g { x@acme.example }\n"
                  "template t(x) { route r { reject \"${x}\"; } route s when from in x { } }\n"
                  "mailbox a@acme.example { use t(g); use t(\"text\"); }\n",
                  "4:32-33 type: 'g' is a group where text is needed\n"
                  "  ~ 3:34-40 needed here\n"
                  "  = write text there\n"
                  "4:42-48 type: 'text' is text where a group is needed\n"
                  "  ~ 3:65-66 needed here\n"
                  "  = write a group there\n");
}

static void
test_rows(void)
{
    g_autofree char *policy =
        g_strconcat(ORGANIZATION,
                    "template t(x, d) { route r until d { forward to x; mark \"X-A: ${x}\"; } }\n"
                    "each row in csv \"t.csv\" { mailbox row.address {\n"
                    "use t(row.to, row.day); } }\n",
                    NULL);

    assert_faults_of(
        (const char *[]){"p", policy, "t.csv",
                         "address,to,day\n"
                         "a@acme.example,b@@c,2026-02-30\n"
                         ",b@acme.example,2026-12-31\n"
                         "b@acme.example,c@acme.example,soon\n"
                         "c@acme.example,\"c@acme.example\nBcc: d\",\n"
                         "c@acme.example,c@acme.example,2026-12-31\n",
                         NULL},
        "t.csv:2:16-20 bad-address: 'b@@c' has characters, dots or a length before the '@' that "
        "mail servers refuse (row 2, column 'to')\n"
        "  ~ 2:49-50 needed here\n"
        "  ~ 4:1-24 in the template used here\n"
        "  = write name@domain alone, with a name of ASCII characters, at most 64\n"
        "t.csv:2:21-31 type: '2026-02-30' is no day of the calendar (row 2, column 'day')\n"
        "  ~ 2:34-35 needed here\n"
        "  ~ 4:1-24 in the template used here\n"
        "  = write a day that there is, as 2026-12-31\n"
        "t.csv:3:1-1 bad-address: no address is given (row 3, column 'address')\n"
        "  ~ 3:35-46 needed here\n"
        "  = fill it in, or leave the row out by 'where'\n"
        "t.csv:4:31-35 type: 'soon' is no date (row 4, column 'day')\n"
        "  ~ 2:34-35 needed here\n"
        "  ~ 4:1-24 in the template used here\n"
        "  = write it as 2026-12-31, or as 2026-12-31 18:00\n"
        "t.csv:5:16-6:8 unsafe-string: a line break where one line is needed (row 5, column 'to')\n"
        "  ~ 2:49-50 needed here\n"
        "  ~ 4:1-24 in the template used here\n"
        "  = take it out\n"
        "t.csv:6:9-9 type: no date is given (row 5, column 'day')\n"
        "  ~ 2:34-35 needed here\n"
        "  ~ 4:1-24 in the template used here\n"
        "  = fill it in as 2026-12-31, or leave the row out by 'where'\n"
        "t.csv:7:1-15 duplicate-name: mailbox 'c@acme.example' is defined more than once\n"
        "  ~ t.csv:5:1-15 first defined here\n"
        "  = put the routes of both into one block\n");
    assert_faults("each row in csv \"t.csv\" { mailbox row.adress { route r {\n"
                  "forward to \"${row.too}@acme.example\", line.to; reject \"${to}\"; } } }\n"
                  "each row in csv \"u.csv\" { mailbox row.address { } }\n",
                  "2:35-45 unknown-name: table 't.csv' has no column 'adress'\n"
                  "  = did you mean 'address'?\n"
                  "3:15-22 unknown-name: table 't.csv' has no column 'too'\n"
                  "  = did you mean 'to'?\n"
                  "3:39-46 type: 'line.to' is a domain where an address or a group is needed\n"
                  "  = write an address or a group there\n"
                  "3:56-61 unknown-name: '${to}' names nothing here\n"
                  "  = use a column of the row, '${row.NAME}'\n"
                  "4:17-24 syntax: cannot read 'u.csv'\n"
                  "  = check the name, which is relative to this file, and that it may be read\n",
                  "t.csv", "address,to\na@acme.example,b\n");
    /* A malformed row is reported once, by the first who comes so far. */
    assert_faults("group a from csv \"t.csv\" column x;\ngroup b from csv \"t.csv\" column a;\n"
                  "each row in csv \"t.csv\" { mailbox row.a { } }\n",
                  "2:33-34 unknown-name: table 't.csv' has no column 'x'\n"
                  "  = its columns are: 'a', 'b'\n"
                  "t.csv:2:1-15 syntax: row 2 ends before column 'b': it has 1 of 2 cells\n"
                  "  = write a ',' for each cell, empty ones too\n",
                  "t.csv", "a,b\na@acme.example\nb@acme.example,c\n");
    /* A hundred faults of one table are enough; that it ends there is said. */
    g_autoptr(GString) table = g_string_new("address\n");
    for (guint i = 0; i < 1000; i++)
        g_string_append_printf(table, "user%u\n", i);
    g_auto(Resolved) resolved = {0};
    resolve_files(&resolved, (const char *[]){
                                 "p", ORGANIZATION "each r in csv \"t\" { mailbox r.address { } }",
                                 "t", table->str, NULL});
    g_assert_cmpuint(tamis_report_count(resolved.report), ==, 101);
}

typedef enum { GROUPS, CONDITIONS, TEMPLATES } Chain;

static void
append_link(GString *policy, Chain chain, guint at, guint n)
{
    if (at == n)
        g_string_append_printf(policy,
                               chain == GROUPS       ? "group a%u { x@acme.example }\n"
                               : chain == CONDITIONS ? "condition a%u = automatic;\n"
                                                     : "template a%u() { }\n",
                               at);
    else
        g_string_append_printf(policy,
                               chain == GROUPS       ? "group a%u { a%u }\n"
                               : chain == CONDITIONS ? "condition a%u = not a%u;\n"
                                                     : "template a%u() { use a%u(); }\n",
                               at, at + 1);
}

static void
assert_chain(Chain chain, guint n, gboolean backward, const char *expected)
{
    g_autoptr(GString) policy = g_string_new(ORGANIZATION);
    g_auto(Resolved) resolved = {0};

    for (guint i = 0; i <= n; i++)
        append_link(policy, chain, backward ? n - i : i, n);
    resolve_files(&resolved, (const char *[]){"p", policy->str, NULL});
    g_autofree char *found = report_to_string(&resolved);
    g_assert_cmpstr(found, ==, expected);
}

/* They may be so long, and no longer, whatever is defined first. */
static void
test_chains(void)
{
    static const char *const expected[][2] = {
        {"2:12-14 syntax: group 'a0' leads through a chain of more than 64 others\n"
         "  = let it name what it needs itself\n",
         "67:12-14 syntax: group 'a0' leads through a chain of more than 64 others\n"
         "  = let it name what it needs itself\n"},
        {"2:20-22 syntax: condition 'a0' leads through a chain of more than 64 others\n"
         "  = let it name what it needs itself\n",
         "67:20-22 syntax: condition 'a0' leads through a chain of more than 64 others\n"
         "  = let it name what it needs itself\n"},
        {"2:21-23 syntax: template 'a0' leads through a chain of more than 64 others\n"
         "  = let it name what it needs itself\n",
         "67:21-23 syntax: template 'a0' leads through a chain of more than 64 others\n"
         "  = let it name what it needs itself\n"},
    };

    for (Chain chain = GROUPS; chain <= TEMPLATES; chain++)
        for (guint backward = 0; backward < 2; backward++) {
            assert_chain(chain, 64, backward, "");
            assert_chain(chain, 65, backward, expected[chain][backward]);
        }
}

/* "p" imports as many files as data says, or, negative, each imports the next. */
static TamisSourceId
open_generated(TamisSources *sources, const char *path, gsize max_bytes, gpointer data,
               GError **error)
{
    int n = *(const int *)data;
    g_autoptr(GString) text = g_string_new(NULL);

    if (strcmp(path, "p") == 0)
        g_string_append(text, ORGANIZATION);
    for (int i = 0; i < n && strcmp(path, "p") == 0; i++)
        g_string_append_printf(text, "import \"f%d\";\n", i);
    if (n < 0 && atoi(path + 1) < -n)
        g_string_append_printf(text, "import \"f%d\";\n", atoi(path + 1) + 1);
    return tamis_sources_add_text(sources, path, text->str, text->len);
}

static void
assert_many_files(int n, const char *expected)
{
    g_auto(Resolved) resolved = {.sources = tamis_sources_new()};
    TamisResolveOptions options = {.open = open_generated, .open_data = &n};

    resolved.report = tamis_report_new(resolved.sources);
    resolved.policy = tamis_policy_load(resolved.sources, "p", &options, resolved.report, NULL);
    g_autofree char *found = report_to_string(&resolved);
    g_assert_cmpstr(found, ==, expected);
}

static void
test_many_files(void)
{
    assert_many_files(4095, "");
    assert_many_files(4200, "4097:8-15 syntax: the policy has more than 4096 files\n"
                            "  = put some of them into one file\n");
    assert_many_files(-63, "");
    assert_many_files(-64, "f63:1:8-13 syntax: imports lead deeper than 64 files\n"
                           "  = import that file from one nearer to the first\n");
}

static void
test_unsafe(void)
{
    assert_faults("each row in csv \"t.csv\" { mailbox row.a { route r { mark \"X-A: ${row.t}\"; "
                  "reject \"${row.t}\"; keep in \"x${row.t}\"; } } }\n",
                  "t.csv:2:16-19 unsafe-string: the text has the control character U+0001 (row 2, "
                  "column 't')\n"
                  "  ~ 2:58-73 needed here\n"
                  "  = take it out\n",
                  "t.csv", "a,t\na@acme.example,a\001b\n");
}

static void
test_rules(void)
{
    assert_faults(
        "allow syntax because \"x\";\nallow spf-brekage because \"x\";\n"
        "allow spf-breakage in nobody, 2026-12-31 because \"x\";\n"
        "forbid \"f\" forward from grp to external unless ncrypted;\n"
        "require \"r\" verified in grop for forward;\n"
        "group grp { x@acme.example }\n"
        "allow spf-breakage because \" \";\n",
        "2:7-13 type: 'syntax' cannot be allowed: such a text means nothing\n"
        "  = mend what it says\n"
        "3:7-18 unknown-name: unknown finding 'spf-brekage'\n"
        "  = did you mean 'spf-breakage'?\n"
        "4:23-29 unknown-name: unknown group 'nobody'\n"
        "  = define 'group nobody', or put in quotes what is no name\n"
        "4:31-41 type: '2026-12-31' is a date where an address, a domain or a group is needed\n"
        "  = write an address, a domain or a group there\n"
        "5:48-56 unknown-name: unknown condition 'ncrypted'\n"
        "  = define 'condition ncrypted', or take it out\n"
        "6:25-29 unknown-name: unknown group 'grop'\n"
        "  = did you mean 'grp'?\n"
        "8:28-31 type: this exception gives no reason\n"
        "  = say why it may be so\n");
    assert_faults("encryption a { header \"Subject: x\"; }\nencryption b { header \"x\"; }\n"
                  "encryption c { filter \"/bin/sh\"; }\nencryption d { gateway x@y.example; }\n",
                  "2:23-35 type: 'Subject' is a field that a message has already\n"
                  "  = mark with a field of your own, such as 'X-Subject'\n"
                  "3:23-26 type: 'x' is no header field\n"
                  "  = write it as \"Name: value\"\n"
                  "4:23-32 type: '/bin/sh' is no name of a program\n"
                  "  = name a program in the server's folder of filters, without its path, in 1 to "
                  "128 characters\n"
                  "5:24-35 type: 'x@y.example' is an address where a domain is needed\n"
                  "  = write a domain there\n");
    assert_faults("limits { targets 0; hops 2; }\nlimits { hops 3; }\n"
                  "mailbox a@acme.example { limits { copies 1; } limits { copies 2; } }\n",
                  "2:10-20 type: a limit is at least 1\n"
                  "  = write a larger one, or leave it out\n"
                  "3:10-17 duplicate-name: the limit 'hops' is given more than once\n"
                  "  ~ 2:21-28 first given here\n"
                  "  = take one of them out\n"
                  "4:56-65 duplicate-name: the limit 'copies' is given more than once\n"
                  "  ~ 4:35-44 first given here\n"
                  "  = take one of them out\n");
    assert_faults("mailbox a@acme.example { }\nexternal a@acme.example forwards to b@c.example;\n"
                  "external x@y.example forwards to x.example;\n"
                  "external X@y.example forwards to z@y.example;\n",
                  "3:10-24 duplicate-name: external 'a@acme.example' is a mailbox of this policy\n"
                  "  ~ 2:9-23 defined here\n"
                  "  = take it out: its routes say where its mail goes\n"
                  "4:34-43 type: 'x.example' is a domain where an address or a group is needed\n"
                  "  = write an address or a group there\n"
                  "5:10-21 duplicate-name: external 'X@y.example' is defined more than once\n"
                  "  ~ 4:10-21 first defined here\n"
                  "  = write all its targets into one of them\n");
    assert_faults("mailbox a@acme.example { alias z@acme.example; }\n"
                  "external z@acme.example forwards to b@c.example;\n"
                  "external a+x@acme.example forwards to b@c.example;\n",
                  "3:10-24 duplicate-name: external 'z@acme.example' is an alias of this policy\n"
                  "  ~ 2:32-46 defined here\n"
                  "  = take it out: the mailbox's routes say where its mail goes\n");
}

static void
test_tests(void)
{
    assert_faults("test \"${x}\" { message to acme.example { header \"A B\" \"c\"; spam score 11;\n"
                  "envelope from \"x\"; subject \"a\\nb\"; }\n"
                  "expect mark \"x\"; expect forward to acme.example; expect file in \"\"; }\n",
                  "2:7-11 unknown-name: '${x}' names nothing here\n"
                  "  = write '$${' for a plain '${'\n"
                  "2:26-38 type: 'acme.example' is a domain where an address is needed\n"
                  "  = write an address there\n"
                  "2:48-53 type: 'A B' is no name of a header field\n"
                  "  = write 1 to 128 ASCII characters without blanks and colons\n"
                  "2:70-72 type: '11' is no spam score\n"
                  "  = write a number from 0 (untested) to 10 (spam)\n"
                  "3:15-18 bad-address: 'x' has no '@'\n"
                  "  = write it as name@domain\n"
                  "3:28-34 unsafe-string: a line break where one line is needed\n"
                  "  = take it out\n"
                  "4:13-16 type: 'x' is no header field\n"
                  "  = write it as \"Name: value\"\n"
                  "4:36-48 type: 'acme.example' is a domain where an address or a group is needed\n"
                  "  = write an address or a group there\n"
                  "4:65-67 type: '' is no name of a folder\n"
                  "  = write levels of 1 to 200 bytes, with one '/' or '.' between them\n");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/resolve/faults/organization", test_organization);
    g_test_add_func("/resolve/faults/imports", test_imports);
    g_test_add_func("/resolve/faults/duplicates", test_duplicates);
    g_test_add_func("/resolve/faults/mailbox-addresses", test_mailbox_addresses);
    g_test_add_func("/resolve/faults/groups", test_groups);
    g_test_add_func("/resolve/faults/conditions", test_conditions);
    g_test_add_func("/resolve/faults/actions", test_actions);
    g_test_add_func("/resolve/faults/dates", test_dates);
    g_test_add_func("/resolve/faults/templates", test_templates);
    g_test_add_func("/resolve/faults/rows", test_rows);
    g_test_add_func("/resolve/faults/chains", test_chains);
    g_test_add_func("/resolve/faults/many-files", test_many_files);
    g_test_add_func("/resolve/faults/unsafe", test_unsafe);
    g_test_add_func("/resolve/faults/rules", test_rules);
    g_test_add_func("/resolve/faults/tests", test_tests);
    return g_test_run();
}
