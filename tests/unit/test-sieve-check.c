/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the checker says of scripts: each message once where it belongs, at its place, and nothing about
 * what is right. */
#include "base/catalogue.h"
#include "grammar/sieve/check.h"
#include "grammar/sieve/parser.h"

#include <string.h>

/* Everything that the cases need, on every server that has it. */
#define ALL                                                                                        \
    "require [\"fileinto\", \"copy\", \"relational\", \"comparator-i;ascii-numeric\", \"regex\", " \
    "\"variables\", \"date\", \"index\", \"subaddress\", \"envelope\", \"body\", \"imap4flags\", " \
    "\"vacation\", \"mailbox\", \"environment\", \"enotify\", \"include\", \"ihave\", "            \
    "\"duplicate\", \"reject\"];\n"
#define PIGEONHOLE "dovecot-2.3"
#define CYRUS      "cyrus-3.6"

typedef struct {
    const char *server;
    const char *text;
    const char *findings; /* line:column[!|?|.] [slug] message, a line each */
} Case;

static const Case good_cases[] = {
    {PIGEONHOLE, ALL "keep; stop;", ""},
    {PIGEONHOLE, "", ""},
    {PIGEONHOLE, "require \"fileinto\"; require [\"copy\"]; fileinto :copy \"x\";", ""},
    {PIGEONHOLE, "IF NOT TRUE { Keep; } ElsIf anyOf (false, Exists \"a\") { DISCARD; } else {}",
     ""},
    {CYRUS, "if size :over 10K { redirect \"Li <li@acme.example>\"; }",
     "1:30! [bad-address] 'Li <li@acme.example>' is sent to as it stands by this server: it takes "
     "no "
     "name beside the address\n"},
    {"cyrus-3.10", "if size :over 10K { redirect \"Li <li@acme.example>\"; }", ""},
    {PIGEONHOLE, "redirect \"Li <li@acme.example>\"; redirect \"a..b@acme.example\";", ""},
    {PIGEONHOLE, ALL "if header :count \"gt\" :comparator \"i;ascii-numeric\" \"to\" \"3\" {}", ""},
    {PIGEONHOLE, ALL "if header :index 1 :last :is \"a\" \"b\" {}", ""},
    {PIGEONHOLE, ALL "set \"a\" \"b@c.example\"; redirect \"${a}\"; redirect \"${1}\";", ""},
    {PIGEONHOLE, ALL "set :length :upperfirst \"a\" \"${b}${A.b\"; if string \"${a}\" \"1\" {}",
     ""},
    {PIGEONHOLE, ALL "if currentdate :zone \"+0530\" :value \"ge\" \"date\" \"2026-11-23\" {}", ""},
    {PIGEONHOLE, ALL "if date :originalzone :matches \"date\" \"date\" \"2026-*\" {}", ""},
    {PIGEONHOLE, ALL "if currentdate :is \"month\" :comparator \"i;ascii-numeric\" \"1\" {}",
     "2:28! [syntax] ':comparator' stands behind an argument that is no tag\n"},
    {PIGEONHOLE, ALL "if currentdate :comparator \"i;ascii-numeric\" \"month\" \"1\" {}", ""},
    {PIGEONHOLE, ALL "vacation :subject \"two\nlines\" \"two\nlines\";",
     "2:19! [unsafe-string] a line break in a subject\n"},
    {CYRUS, ALL "if header :value # why\n \"ge\" \"a\" \"b\" {}",
     "2:11! [unsupported] the server 'cyrus-3.6' takes no comment between ':value' and its "
     "value\n"},
    {PIGEONHOLE, ALL "if header :value # why\n \"ge\" \"a\" \"b\" {}", ""},
    {CYRUS, "require [\"redirect-dsn\", \"variables\"]; redirect :ret \"x\" \"a@b.example\";",
     "1:54! [type] 'x' is no part of a message to return\n"},
    {CYRUS, "require \"redirect-dsn\"; redirect :ret \"x\" \"a@b.example\";",
     "1:39! [type] 'x' is no part of a message to return\n"},
    {CYRUS, "require [\"enotify\", \"variables\"]; notify :importance \"\" \"mailto:a@b.example\";",
     "1:54! [type] '' is no importance\n"},
    {PIGEONHOLE, ALL "if address \"${a}\" \"b\" {}",
     "2:12? [type] '' is no header field of addresses to the server 'dovecot-2.3'\n"},
    {"cyrus-3.10", ALL "if currentdate :zone \"Asia/Shanghai\" \"hour\" \"09\" {}", ""},
    {PIGEONHOLE, "require \"ihave\"; if ihave \"copy\" { redirect :copy \"a@b.example\"; }", ""},
    {PIGEONHOLE, "require \"ihave\"; if ihave [\"ereject\", \"copy\"] { ereject \"x\"; }", ""},
    {PIGEONHOLE,
     "require \"ihave\"; if allof (not ihave \"ereject\", true) { keep; } else { stop; }", ""},
    {PIGEONHOLE, "require \"vacation-seconds\"; vacation :days 3 \"x\";",
     "1:9. [needs-setting] the server 'dovecot-2.3' has the extension 'vacation-seconds' only "
     "after "
     "its administrator has turned it on\n"},
    {PIGEONHOLE, ALL "addflag \"a\" [\"\\\\Seen\", \"x $Forwarded\"]; if hasflag \"a\" \"b\" {}",
     ""},
    {PIGEONHOLE,
     "require [\"foreverypart\", \"mime\", \"extracttext\", \"variables\"]; "
     "foreverypart :name \"a\" { foreverypart { break :name \"a\"; extracttext \"b\"; } }",
     ""},
    {PIGEONHOLE, "require \"encoded-character\"; redirect \"a${unicode:40}b.example\";", ""},
    {PIGEONHOLE, ALL "if envelope :domain [\"From\", \"to\"] \"b\" {}", ""},
    {"libsieve", "if header :contains \"subject\" \"x\" { keep; }", ""},
};

static const Case word_cases[] = {
    {PIGEONHOLE, "kepp;", "1:1! [unknown-name] there is no command 'kepp'\n"},
    {PIGEONHOLE, "if heder \"a\" \"b\" {}", "1:4! [unknown-name] there is no test 'heder'\n"},
    {PIGEONHOLE, "header \"a\" \"b\";", "1:1! [syntax] 'header' is a test, not a command\n"},
    {PIGEONHOLE, "if anyof (discarded) {}", "1:11! [unknown-name] there is no test 'discarded'\n"},
    {PIGEONHOLE, "elsif true {}", "1:1! [syntax] 'elsif' follows no 'if' and no 'elsif'\n"},
    {PIGEONHOLE, "if true {} else {} elsif true {}",
     "1:20! [syntax] 'elsif' follows no 'if' and no 'elsif'\n"},
    {PIGEONHOLE, "if true {} keep; else {}",
     "1:18! [syntax] 'else' follows no 'if' and no 'elsif'\n"},
    {PIGEONHOLE, "if true;", "1:1! [syntax] 'if' lacks its block\n"},
    {PIGEONHOLE, "keep {}", "1:1! [syntax] 'keep' takes no block\n"},
    {PIGEONHOLE, "if {}", "1:1! [syntax] 'if' lacks its test\n"},
    {PIGEONHOLE, "if (true) {}", "1:4! [syntax] 'if' takes one test, without parentheses\n"},
    {PIGEONHOLE, "if not (true, false) {}",
     "1:4! [syntax] 'not' takes one test, without parentheses\n"},
    {PIGEONHOLE, "if anyof true {}", "1:4! [syntax] 'anyof' takes tests in parentheses\n"},
    {PIGEONHOLE, "if anyof {}", "1:4! [syntax] 'anyof' lacks its tests\n"},
    {PIGEONHOLE, "if header contains \"a\" \"b\" {}",
     "1:11! [syntax] ':' is missing before 'contains'\n"},
    {PIGEONHOLE, "require \"fileinto\"; fileinto INBOX;",
     "1:30! [syntax] the text 'INBOX' is not in quotes\n"},
    {PIGEONHOLE, "if header \"a\" \"b\" and header \"c\" \"d\" {}",
     "1:19! [syntax] 'and' where 'header' takes no test\n"},
    {PIGEONHOLE, "keep; require \"copy\";", "1:7! [syntax] 'require' behind another command\n"},
    {PIGEONHOLE, "if true { require \"copy\"; }", "1:11! [syntax] 'require' in a block\n"},
    {CYRUS, "Keep;",
     "1:1! [unsupported] 'Keep' is not in lower case, as the server 'cyrus-3.6' "
     "wants it\n"},
    {CYRUS, "require \"copy\"; redirect :Copy \"a@b.example\";",
     "1:26! [unsupported] 'Copy' is not in lower case, as the server 'cyrus-3.6' wants it\n"},
};

static const Case argument_cases[] = {
    {PIGEONHOLE, "redirect :copi \"a@b.example\";",
     "1:10! [unknown-name] 'redirect' takes no tag ':copi'\n"},
    {PIGEONHOLE, ALL "redirect \"a@b.example\" :copy;",
     "2:24! [syntax] ':copy' stands behind an argument that is no tag\n"},
    {PIGEONHOLE, ALL "redirect :copy :copy \"a@b.example\";",
     "2:16! [syntax] ':copy' stands twice\n"},
    {PIGEONHOLE, "if header :is :contains \"a\" \"b\" {}",
     "1:15! [syntax] ':is' and ':contains' exclude each other\n"},
    {PIGEONHOLE, ALL "if header :last \"a\" \"b\" {}",
     "2:11! [syntax] ':last' stands without ':index'\n"},
    {PIGEONHOLE, "if header :comparator :is \"a\" \"b\" {}",
     "1:11! [syntax] ':comparator' lacks its value\n"},
    {PIGEONHOLE, ALL "vacation :days \"7\" \"x\";",
     "2:16! [type] a string where ':days' takes a number\n"},
    {PIGEONHOLE, "if size :over \"10\" {}",
     "1:15! [type] a string where <limit> of 'size' takes a number\n"},
    {PIGEONHOLE, "redirect [\"a@b.example\"];",
     "1:10! [type] a list of strings where <address> of 'redirect' takes a string\n"},
    {PIGEONHOLE, "redirect;", "1:1! [syntax] 'redirect' lacks its argument <address>\n"},
    {PIGEONHOLE, "if header {}",
     "1:4! [syntax] 'header' lacks its arguments <header-names> and <key-list>\n"},
    {PIGEONHOLE, "if header \"a\" \"b\" \"c\" {}",
     "1:19! [syntax] 'header' takes no further argument\n"},
    {PIGEONHOLE, "stop 1;", "1:6! [syntax] 'stop' takes no such argument\n"},
    {PIGEONHOLE, "if size 100 {}", "1:4! [syntax] 'size' lacks ':over' or ':under'\n"},
    {PIGEONHOLE, ALL "addflag;", "2:1! [syntax] 'addflag' lacks its argument <list-of-flags>\n"},
    {PIGEONHOLE, ALL "addflag [\"a\"] \"b\";",
     "2:9! [type] a list of strings where <variablename> of 'addflag' takes a string\n"},
    {PIGEONHOLE, ALL "if hasflag {}",
     "2:4! [engine-crash] 'hasflag' without flags crashes the server 'dovecot-2.3'\n"
     "2:4! [syntax] 'hasflag' lacks its argument <list-of-flags>\n"},
    {PIGEONHOLE, ALL "if header :index 0 \"a\" \"b\" {}", "2:18! [type] positions begin at 1\n"},
    {CYRUS, "if size :over 3G {}",
     "1:15! [unsupported] the number is larger than the server 'cyrus-3.6' takes\n"},
};

static const Case require_cases[] = {
    {PIGEONHOLE, "require [\"redirect\"];",
     "1:10! [require-unknown] 'redirect' is built in and is not to be required\n"},
    {PIGEONHOLE, "require \"FileInto\";",
     "1:9! [require-unknown] there is no extension 'FileInto'\n"},
    {PIGEONHOLE, "require [\"filinto\", \"copi\"]; fileinto :copy \"a\"; addflag \"b\";",
     "1:10! [require-unknown] there is no extension 'filinto'\n"
     "1:21! [require-unknown] there is no extension 'copi'\n"
     "1:50! [missing-require] 'addflag' needs the extension 'imap4flags', which is not required\n"},
    {PIGEONHOLE, "require [\"copy\", \"copy\"];",
     "1:18. [unused-require] 'copy' is required twice\n"},
    {PIGEONHOLE, "require \"ereject\";",
     "1:9! [unsupported] the server 'dovecot-2.3' does not have the extension 'ereject' (RFC "
     "5429)\n"},
    {CYRUS, "require \"spamtest\";",
     "1:9! [unsupported] the server 'cyrus-3.6' does not have the extension 'spamtest' (RFC "
     "5235)\n"},
    {PIGEONHOLE, "fileinto :copy \"a\"; fileinto \"b\";",
     "1:1! [missing-require] 'fileinto' needs the extension 'fileinto', which is not required\n"
     "1:10! [missing-require] ':copy' needs the extension 'copy', which is not required\n"},
    {PIGEONHOLE, "ereject \"x\";",
     "1:1! [unsupported] the server 'dovecot-2.3' does not have the extension 'ereject' (RFC "
     "5429)\n"},
    {PIGEONHOLE, "require \"extracttext\"; keep;",
     "1:9! [missing-require] 'extracttext' needs the extension 'foreverypart', which is not "
     "required\n1:9! [missing-require] 'extracttext' needs the extension 'variables', which is not "
     "required\n"},
    {PIGEONHOLE, "require [\"spamtest\", \"spamtestplus\"];",
     "1:10. [needs-setting] the server 'dovecot-2.3' has the extension 'spamtest' only after its "
     "administrator has turned it on\n"
     "1:10? [unused-require] 'spamtest' is required beside 'spamtestplus', which brings it\n"
     "1:22. [needs-setting] the server 'dovecot-2.3' has the extension 'spamtestplus' only after "
     "its administrator has turned it on\n"},
    {PIGEONHOLE, "require [\"imapflags\", \"imap4flags\"];",
     "1:10. [needs-setting] the server 'dovecot-2.3' has the extension 'imapflags' only after its "
     "administrator has turned it on\n"
     "1:10! [unsupported] 'imapflags' cannot be used together with 'imap4flags', which replaces "
     "it\n"},
    {PIGEONHOLE, "require \"ihave\"; if ihave \"variables\" {}",
     "1:27! [type] 'ihave' cannot make 'variables' available\n"},
    {PIGEONHOLE, "require \"ihave\"; redirect :copy \"a@b.example\"; if ihave \"copy\" {}",
     "1:27! [missing-require] ':copy' needs the extension 'copy', which is not required\n"},
    {PIGEONHOLE, "require \"imap4flags\"; addflag \"a\" \"b\";",
     "1:31! [missing-require] the variable of 'addflag' needs the extension 'variables', which is "
     "not required\n"},
    {PIGEONHOLE,
     "require \"relational\"; if header :value \"gt\" :comparator \"i;ascii-numeric\" "
     "\"a\" \"1\" {}",
     "1:57! [missing-require] 'i;ascii-numeric' needs the extension 'comparator-i;ascii-numeric', "
     "which is not required\n"},
    {CYRUS, "require [\"include\", \"variables\"]; global \"a\";",
     "1:35! [unsupported] the server 'cyrus-3.6' does not know 'global'\n"},
};

static const Case value_cases[] = {
    {PIGEONHOLE, "redirect \"nobody\"; redirect \"a@b, c@d\"; redirect \"\"; redirect \"a@b.\";",
     "1:10! [bad-address] 'nobody' is no mail address: it has no '@'\n"
     "1:29! [bad-address] 'a@b, c@d' is no mail address: it is a list\n"
     "1:50! [bad-address] '' is no mail address: it is empty\n"
     "1:63! [bad-address] 'a@b.' is no mail address: its domain is malformed\n"},
    {PIGEONHOLE, "redirect \"josé@b.example\"; redirect \"a@exämple.org\";",
     "1:10! [bad-address] 'josé@b.example' has letters other than ASCII before its '@', which the "
     "server cannot send to\n"
     "1:37! [bad-address] 'a@exämple.org' has letters other than ASCII in its domain, which the "
     "server cannot send to\n"},
    {CYRUS, "redirect \"<a@b.example>\"; redirect \"a..b@c.example\";",
     "1:10! [bad-address] '<a@b.example>' is in angle brackets, which Cyrus does not take\n"
     "1:36! [bad-address] 'a..b@c.example' has a dot first, last or doubled before its '@', which "
     "Cyrus does not take\n"},
    {PIGEONHOLE, ALL "set \"a\" \"nobody\"; redirect \"${A}\"; redirect \"${never}\";",
     "2:28! [bad-address] 'nobody' is no mail address: it has no '@'\n"
     "2:45! [bad-address] '' is no mail address: it is empty\n"},
    {PIGEONHOLE, ALL "set \"a\" \"${global.x}${x.y}${33}\"; set \"1a\" \"\"; set \"a.b\" \"\";",
     "2:21! [unknown-name] '${x.y}' is in a namespace that no extension has\n"
     "2:27! [unsupported] '${33}' is beyond the last match variable of the server 'dovecot-2.3'\n"
     "2:39! [type] '1a' is no name of a variable\n2:52! [type] 'a.b' is no name of a variable\n"},
    {CYRUS, ALL "set \"a\" \"${10}\";",
     "2:10! [unsupported] '${10}' is beyond the last match variable of the server 'cyrus-3.6'\n"},
    {PIGEONHOLE, "require \"encoded-character\"; redirect \"${unicode:110000}\";",
     "1:40! [type] '${unicode:110000}' is no character of Unicode\n"},
    {PIGEONHOLE, "if exists [\"Subject:\", \"a b\"] {}",
     "1:12? [type] 'Subject:' is no name of a header field\n"
     "1:24? [type] 'a b' is no name of a header field\n"},
    {PIGEONHOLE, "if address [\"from\", \"subject\"] \"b\" {}",
     "1:21! [type] 'subject' is no header field of addresses to the server 'dovecot-2.3'\n"},
    {PIGEONHOLE, ALL "if envelope \"form\" \"b\" {}",
     "2:13! [unknown-name] the envelope has no part 'form'\n"},
    {PIGEONHOLE, ALL "fileinto \"\"; fileinto \"a\tb\";",
     "2:10! [type] a mailbox without a name\n"
     "2:23! [unsafe-string] a control character in the name of a mailbox\n"},
    {PIGEONHOLE, ALL "keep :flags [\"\\\\Seen x\", \"\\\\Foo\", \"a)\"];",
     "2:26? [type] '\\Foo' is no IMAP flag and is ignored\n"
     "2:35? [type] 'a)' is no IMAP flag and is ignored\n"},
    {PIGEONHOLE, ALL "notify :importance \"4\" \"mailto:a@b\"; notify \"xmpp:a@b\"; notify \"x\";",
     "2:20! [type] '4' is no importance\n"
     "2:45! [unsupported] the server 'dovecot-2.3' cannot notify by 'xmpp'\n"
     "2:64! [type] 'x' is no URI\n"},
    {CYRUS, "require \"editheader\"; deleteheader \"Received\";",
     "1:36! [unsupported] the server 'cyrus-3.6' does not delete 'Received'\n"},
    {PIGEONHOLE, ALL "if hasflag :regex \"*a\" {}",
     "2:19? [type] '*a' is no IMAP flag and is ignored\n"
     "2:19! [type] the regular expression is invalid: a repeat has nothing to repeat\n"},
    {PIGEONHOLE, ALL "include \"a/b\";", "2:9! [type] 'a/b' is no name of a script\n"},
    {PIGEONHOLE,
     "require [\"foreverypart\", \"extracttext\", \"variables\"]; break; "
     "extracttext \"a\"; foreverypart { break :name \"b\"; }",
     "1:55! [syntax] 'break' is in no 'foreverypart'\n"
     "1:62! [syntax] 'extracttext' is in no 'foreverypart'\n"
     "1:106! [unknown-name] 'break' is in no loop of this name\n"},
};

static const Case compare_cases[] = {
    {PIGEONHOLE, ALL "if header :contains :comparator \"i;ascii-numeric\" \"a\" \"1\" {}",
     "2:11! [type] ':contains' cannot be used with the comparator 'i;ascii-numeric'\n"},
    {PIGEONHOLE, "if header :comparator \"i;octets\" \"a\" \"1\" {}",
     "1:23! [unknown-name] there is no comparator 'i;octets'\n"},
    {PIGEONHOLE, ALL "if header :value \"GT\" \"a\" \"1\" {}",
     "2:18! [type] 'GT' is no relation\n"},
    {PIGEONHOLE, ALL "if header :count \"gt\" \"a\" \"10\" {}",
     "2:11? [type] ':count' compares numbers as texts here: \"10\" comes before \"9\"\n"},
    {PIGEONHOLE, ALL "if header :count \"eq\" \"a\" \"10\" {}", ""},
    {CYRUS, ALL "if header :count \"gt\" \"a\" \"10\" {}",
     "2:11! [unsupported] the server 'cyrus-3.6' takes ':count' with the comparator "
     "'i;ascii-numeric' alone\n"},
    {PIGEONHOLE, ALL "if header :regex \"a\" [\"(a\", \"b+\"] {}",
     "2:23! [type] the regular expression is invalid: a '(' is not closed\n"},
    {PIGEONHOLE, ALL "if header :regex \"a\" \"((((a{1,100}){1,100}){1,100}){1,100})b\" {}",
     "2:22! [engine-crash] the regular expression takes all of the server's memory or time: its "
     "nested counted repeats are written out\n"},
    {PIGEONHOLE, ALL "if header :regex \"a\" \"(.*)\\\\1\" {}",
     "2:22! [engine-crash] the regular expression refers back to a group: matching it can take the "
     "server minutes\n"},
};

static const Case time_cases[] = {
    {PIGEONHOLE, ALL "if currentdate :zone \"Europe/Berlin\" \"hour\" \"09\" {}",
     "2:22? [unknown-zone] the server 'dovecot-2.3' does not know the zone 'Europe/Berlin', and "
     "takes its own instead\n"},
    {PIGEONHOLE, ALL "if currentdate :zone \"+08:00\" \"hour\" \"09\" {}",
     "2:22? [unknown-zone] the server 'dovecot-2.3' does not know the zone '+08:00', and takes its "
     "own instead\n"},
    {PIGEONHOLE, ALL "if currentdate \"hours\" \"09\" {}",
     "2:16! [malformed-time] there is no date part 'hours'\n"},
    {PIGEONHOLE, ALL "if currentdate \"date\" [\"2026-1-31\", \"2026-02-30\", \"2026-02-28\"] {}",
     "2:24! [malformed-time] '2026-1-31' is no value of the date part 'date'\n"
     "2:37! [malformed-time] '2026-02-30' is no value of the date part 'date'\n"},
    {PIGEONHOLE, ALL "if currentdate :value \"ge\" \"hour\" \"9\" {}",
     "2:35! [malformed-time] '9' is no value of the date part 'hour'\n"},
    {PIGEONHOLE, ALL "if currentdate \"weekday\" [\"0\", \"7\", \"sun\"] {}",
     "2:32! [malformed-time] '7' is no value of the date part 'weekday'\n"
     "2:37! [malformed-time] 'sun' is no value of the date part 'weekday'\n"},
    {PIGEONHOLE, ALL "if currentdate \"time\" [\"9:00\", \"09:00:00\", \"24:00:00\"] {}",
     "2:24! [malformed-time] '9:00' is no value of the date part 'time'\n"
     "2:44! [malformed-time] '24:00:00' is no value of the date part 'time'\n"},
    {PIGEONHOLE,
     ALL "if currentdate \"iso8601\" [\"2026-11-23T10:00:00Z\", \"2026-11-23 10:00\"] {}",
     "2:51! [malformed-time] '2026-11-23 10:00' is no value of the date part 'iso8601'\n"},
    {PIGEONHOLE,
     ALL "if currentdate :value \"ge\" :comparator \"i;ascii-numeric\" \"date\" "
         "\"2026-11-23\" {}",
     "2:65! [malformed-time] 'i;ascii-numeric' compares no more than the first digits of the date "
     "part 'date'\n"},
};

static const Case server_cases[] = {
    {PIGEONHOLE, "\xef\xbb\xbfkeep;",
     "1:1! [syntax] a byte order mark, which the server 'dovecot-2.3' does not take\n"},
    {PIGEONHOLE, "if header \"a\" \"b\rc\" {}",
     "1:15! [unsupported] a carriage return without a line feed in a string, which the server "
     "'dovecot-2.3' does not take\n"},
    {CYRUS, "if header \"a\" \"b\rc\" {}", ""},
    {PIGEONHOLE, "if header \"a\" \"b\xff\" {}",
     "1:17! [unsafe-string] bytes that are no UTF-8 in a string\n"},
    {CYRUS, "/* a **/ keep; /* b */ stop;",
     "1:7! [unsupported] the server 'cyrus-3.6' does not end the comment here, but at the next "
     "'*/'\n"},
    {CYRUS, "\xef\xbb\xbfkeep;",
     "1:1! [syntax] a byte order mark, which the server 'cyrus-3.6' does not take\n"},
    {CYRUS, "/* a ***/ keep; /* b * */ stop; /* c **/", ""},
    {PIGEONHOLE, "/* a **/ keep; /* b */ stop;", ""},
    {"libsieve", "require \"reject\"; reject text:\na \"b\" \\c\n.\n;", ""},
    {"libsieve", "if header \"a\" \"b\\\"c\" {}",
     "1:15! [unsupported] the server 'libsieve' keeps the backslash before a quote or a "
     "backslash\n"},
    {"libsieve", "require \"imap4flags\"; if hasflag :is \"a\" {}",
     "1:26! [engine-crash] 'hasflag' with a match type crashes the server 'libsieve'\n"},
};

/* What is found in a tree, or while the text is read. */
static char *
describe_way(const TamisServer *server, const char *text, gboolean is_tree)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    const TamisSieveCheckOptions options = {server, NULL};
    TamisSourceId source = tamis_sources_add_text(sources, "x.sieve", text, strlen(text));
    GString *out = g_string_new(NULL);
    TamisSieveChecked checked;

    if (is_tree)
        tamis_sieve_check(tamis_sieve_parse(source, arena, report), &options, arena, report,
                          &checked);
    else
        tamis_sieve_check_source(source, &options, arena, report, &checked);
    tamis_report_sort(report);
    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        TamisPosition position = tamis_sources_locate(sources, diagnostic->span);
        g_string_append_printf(
            out, "%u:%u%c [%s] %s\n", position.line, position.column, ".?!"[diagnostic->severity],
            tamis_catalogue_get(diagnostic->rule) -> slug, diagnostic -> message);
    }
    return g_string_free(out, FALSE);
}

static char *
describe(const char *server_name, const char *text)
{
    g_autoptr(TamisServer) server = tamis_server_load(server_name, NULL);

    g_assert_nonnull(server);
    g_autofree char *of_tree = describe_way(server, text, TRUE);
    g_autofree char *of_text = describe_way(server, text, FALSE);
    g_assert_cmpstr(of_tree, ==, of_text);
    return g_steal_pointer(&of_text);
}

typedef struct {
    const char *name;
    const Case *cases;
    gsize n_cases;
} Group;

static const Group groups[] = {
#define GROUP(name)                                                                                \
    {                                                                                              \
#name, name##_cases, G_N_ELEMENTS(name##_cases)                                            \
    }
    GROUP(good),  GROUP(word),    GROUP(argument), GROUP(require),
    GROUP(value), GROUP(compare), GROUP(time),     GROUP(server),
#undef GROUP
};

static void
test_group(gconstpointer data)
{
    const Group *group = data;

    for (gsize i = 0; i < group->n_cases; i++) {
        g_autofree char *found = describe(group->cases[i].server, group->cases[i].text);
        g_test_message("%s", group->cases[i].text);
        g_assert_cmpstr(found, ==, group->cases[i].findings);
    }
}

static void
append_times(GString *text, const char *part, guint n)
{
    for (guint i = 0; i < n; i++)
        g_string_append(text, part);
}

/* One more than the server takes, and not one. */
static void
assert_wall(const char *server, const char *before, const char *part, guint limit,
            const char *behind, const char *message)
{
    for (guint more = 0; more < 2; more++) {
        g_autoptr(GString) text = g_string_new(before);
        append_times(text, part, limit + more);
        g_string_append(text, behind);
        g_autofree char *found = describe(server, text->str);
        g_assert_cmpint(strstr(found, message) != NULL, ==, more == 1);
    }
}

static void
test_walls(void)
{
    g_autofree char *close = g_strnfill(32, '}');

    assert_wall(PIGEONHOLE, "", "if true {", 31, close,
                "[unsupported] blocks nest deeper than the server 'dovecot-2.3' takes");
    assert_wall(PIGEONHOLE, "if ", "not ", 30, "true {}",
                "[unsupported] tests nest deeper than the server 'dovecot-2.3' takes");
    assert_wall(PIGEONHOLE, "require \"vacation\"; vacation ", ":mime ", 31, "\"x\";",
                "[unsupported] there are more arguments than the server 'dovecot-2.3' takes");
    assert_wall(CYRUS, "if true {}", "elsif true {}", 3330, "",
                "[unsupported] the chain of 'elsif' is longer than the server 'cyrus-3.6' takes");
    assert_wall(CYRUS, "if anyof (true", ", true", 4995, ") {}",
                "[unsupported] there are more tests than the server 'cyrus-3.6' takes");
    assert_wall(CYRUS, "", "keep;", 9990, "",
                "[unsupported] there are more commands than the server 'cyrus-3.6' takes");
    assert_wall("libsieve", "if header \"a\" [\"b\"", ", \"b\"", 4995, "] {}",
                "[unsupported] the list has more strings than the server 'libsieve' takes");
    assert_wall(CYRUS, "keep; ", "#", 32768 - 7, "\n",
                "[script-too-large] the script has 32769 bytes, and the server 'cyrus-3.6' takes "
                "32768");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
        g_autofree char *path = g_strdup_printf("/sieve/check/%s", groups[i].name);
        g_test_add_data_func(path, &groups[i], test_group);
    }
    g_test_add_func("/sieve/check/walls", test_walls);
    return g_test_run();
}
