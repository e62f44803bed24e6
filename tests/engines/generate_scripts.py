# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random scripts, and messages that are hard to read: few names and values, so that tests and messages meet."""

import base64
import datetime

from engines import differences

MAILBOX = "me@acme.example"
REQUIRE = ('require ["fileinto", "reject", "envelope", "encoded-character", "vacation", "subaddress", '
           '"comparator-i;ascii-numeric", "relational", "imap4flags", "copy", "variables", "body", "environment", '
           '"date", "index", "ihave", "editheader", "spamtestplus", "virustest", "enotify", "mailbox", "regex", '
           '"foreverypart", "mime", "extracttext", "duplicate", "include"];\n')
NAMES = ["Subject", "X-A", "x-a", "X-B", "From", "To", "Cc", "Date", "X-Added", "Sender", "X-None", "Content-Type"]
ADDRESS_NAMES = ["From", "To", "Cc", "Sender", "Resent-From", "Bcc", "Reply-To"]
TEXTS = ["", "a", "A", "abc", "42", "007", "7", "-1", "Grüße", "grüsse", "订单", "a*b", "a?b", "a\\b", "\"q\"", "x  y",
         " lead", "Order 42", "18446744073709551616", "42x", "жук", "plain text", "e\u0301", "=?utf-8?Q?x?=", "100%", "one two three"]
PATTERNS = ["*", "?", "", "a*", "*a", "*b*", "a?c", "a\\*b", "a\\?b", "a\\\\b", "*rder*", "?rder 42", "*订*", "???",
            "*@*", "*.example", "anna*", "**", "*?", "?*?", "\\a*", "*ü*"]
# Those that are globs by another name: Tamis reads no others.
EXPRESSIONS = [".*", "^a", "b$", "^a.*c$", "a.c", "^$", "^...$", "rder 4", "\\.example$", "^anna@", "^.*der .2$", "x  y", "", "^Gr..*e$"]
ADDRESSES = ["anna@vip.example", "ANNA@VIP.example", "me@acme.example", "me+tag@acme.example", "bob@b.acme.example",
             "quoted.name@other.example", "o'hara@x.example", "x@[192.0.2.1]", "a+b+c@acme.example", "+x@acme.example", "a++b@acme.example", "a+@acme.example", "x..y@x.example", "x@y..example"]
ADDRESS_PIECES = ["vip.example", "anna", "ANNA", "me", "tag", "acme.example", "b", "", "me+tag", "b+c", "a", "x", "+b", "x..y",
                  "other.example", "quoted.name", "my name"]
PARTS = {"year": ["2026", "2025"], "month": ["11", "12", "1"], "day": ["23", "24", "02"], "hour": ["10", "00", "9"],
         "minute": ["30", "00"], "second": ["00", "59"], "date": ["2026-11-23", "2026-11-24", "2026-1-1"],
         "time": ["10:30:00", "12:00:00"], "weekday": ["0", "1", "2", "7"], "zone": ["+0000", "+0530", "-0330"],
         "julian": ["61367", "61368"], "iso8601": ["2026-11-23T10:30:00Z", "2026-11-23T16:00:00+05:30"],
         "std11": ["Mon, 23 Nov 2026 10:30:00 +0000"]}
ZONES = ["+0000", "+0530", "-0330", "+1400", "-1200"]
TYPES = ["text/", "/plain", "TEXT/Plain", "text/plain/x", "*/*", "*", "multipart", "multipart/", "message/rfc822", "application/", "text/plain; charset=utf-8",
         " text", "t", "/", "application/octet-stream"]
FOLDERS = ["Filed", "Other", "INBOX"]
CHARSETS = ["utf-8", "UTF-8", "iso-8859-1", "gb18030", "koi8-r", "windows-1252", "iso-8859-15", "windows-1251", "shift_jis", "big5", "euc-kr",
            "iso-2022-jp", "us-ascii"]
REPLY_TAGS = [':handle "h"', ':handle "${v}"', ':subject "Away"', ':subject "Re: ${v}"', ":days 2", ":days 0", ':from "me@acme.example"',
              ':from "Me <me@acme.example>"', ':addresses ["me+tag@acme.example", "list@acme.example"]', ':addresses "ME@ACME.EXAMPLE"']
FLAGS = ':flags ["$a", "\\\\Flagged"] '
NOTIFIED = ["n@x.example", "n@x.example%2cm@x.example", "?to=m@x.example", "n@x.example?subject=S&cc=m@x.example"]
TARGETS = ["a@x.example", "b@x.example", "B@x.example", "a@X.example", "Anna <c@x.example>", "<d@x.example>", "e-${v}@x.example"]


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class ScriptGenerator:
    def __init__(self, random):
        self.random = random
        self.orders = ""  # the comparator of tests that order texts
        self.is_certain = True  # no test of which Tamis says that it is not
        self.included = {}  # by name

    def pick(self, *choices):
        return self.random.choice(choices)

    def some(self, values, most=2):
        chosen = self.random.sample(values, self.random.randint(1, min(most, len(values))))
        if len(chosen) == 1 and self.random.random() < 0.7:
            return quoted(chosen[0])
        return "[" + ", ".join(quoted(value) for value in chosen) + "]"

    # Tests

    def match(self, numeric=True):
        """(tags, keys' kind)"""
        kind = self.random.random()
        if kind < 0.25:
            return self.pick("", ":is ", ':comparator "i;octet" ', ':is :comparator "i;ascii-casemap" '), TEXTS
        if kind < 0.5:
            return ":contains " + self.pick("", "", ':comparator "i;octet" '), TEXTS
        if kind < 0.75:
            return ":matches " + self.pick("", "", ':comparator "i;octet" '), PATTERNS
        if kind < 0.8:
            return f':value "{self.relation()}" {self.orders}', TEXTS
        if kind < 0.83:
            return ":regex " + self.pick("", ':comparator "i;octet" '), EXPRESSIONS
        if kind < 0.9 and numeric:
            return f':value "{self.relation()}" :comparator "i;ascii-numeric" ', ["0", "7", "42", "", "x", "007", "-1", "42x", " 42", "18446744073709551616", "99999999999999999999"]
        return f':count "{self.relation()}" :comparator "i;ascii-numeric" ', ["0", "1", "2", "3", "", "x", "01"]

    def relation(self):
        return self.pick("eq", "ne", "lt", "le", "gt", "ge")

    def index(self, names):
        if self.random.random() < 0.15:
            return self.pick(":index 1 ", ":index 2 ", ":index 1 :last ", ":last :index 2 "), quoted(self.pick(*names))
        return "", self.some(names)

    def header(self):
        index, names = self.index(NAMES)
        match, keys = self.match()
        if ":count" in match and names.lower().count('"x-a"') > 1:
            names = '"X-A"'  # a list is a set to Tamis, which says that it is not certain
        return f"header {index}{match}{names} {self.some(keys)}"

    def address(self):
        index, names = self.index(ADDRESS_NAMES)
        match, keys = self.match(numeric=False)
        if keys is TEXTS:
            keys = ADDRESSES + ADDRESS_PIECES
        part = self.pick("", "", ":all ", ":localpart ", ":domain ", ":user ", ":detail ")
        return f"address {index}{part}{match}{names} {self.some(keys)}"

    def envelope(self):
        match, keys = self.match(numeric=False)
        if keys is TEXTS:
            keys = ADDRESSES + ADDRESS_PIECES
        part = self.pick("", "", ":all ", ":localpart ", ":domain ", ":user ", ":detail ")
        return f'envelope {part}{match}{self.some(["from", "to"])} {self.some(keys)}'

    def body(self):
        match, keys = self.match(numeric=False)
        transform = self.pick("", ":text ", ":raw ", ':content "text" ', ':content "text/html" ',
                              ':content ["text/plain", "application"] ', ':content "" ', ':content "message" ',
                              f":content {self.some(TYPES, 3)} ")
        if ":regex" in match:
            match = ":contains "
            keys = TEXTS
        return f"body {transform}{match}{self.some(keys)}"

    def date(self):
        part = self.pick(*PARTS)
        match = self.pick("", ":is ", ":contains ", ":matches ", f':value "{self.relation()}" ',
                          f':value "{self.relation()}" :comparator "i;ascii-numeric" ')
        keys = self.some(PARTS[part] if "matches" not in match else ["*0*", "2026*", "??", "*"])
        zone = self.pick("", f':zone "{self.pick(*ZONES)}" ', f':zone "{self.pick(*ZONES)}" ')
        if self.random.random() < 0.4:
            return f'currentdate {zone}{match}"{part}" {keys}'
        zone = self.pick(zone, zone, ":originalzone ")
        index = self.pick("", "", "", ":index 1 ", ":index 2 ", ":index 1 :last ")
        return f'date {index}{zone}{match}"{self.pick("Date", "Date", "Resent-Date", "Received")}" "{part}" {keys}'

    def string(self):
        match, keys = self.match()
        sources = self.some(["${v}", "${w}", "x${v}", "${v}${w}", "abc", "${none}", "${unicode:41}"])
        return f"string {match}{sources} {self.some(keys + ['x', 'xa'])}"

    def hasflag(self):
        match, keys = self.match()
        keys = keys if ":regex" in match else ["$a", "$b", chr(92) + "Seen", "1", "2"]
        return f"hasflag {match}{self.pick('', '', quoted('v'))} {self.some(keys)}"

    def server(self):
        item, value = self.pick(("name", "pigeonhole sieve"), ("name", "*sieve"), ("none", ""), ("name", "x"))
        return self.pick(f'environment {self.pick("", ":matches ", ":contains ")}"{item}" {quoted(value)}',
                         f'environment :count "{self.relation()}" "{item}" "1"', 'mailboxexists "INBOX"', 'mailboxexists ["inbox", "Inbox"]')

    def uncertain(self):
        """What Tamis knows nothing of: what hangs on it is not compared, all else is."""
        return self.pick('duplicate', 'duplicate :handle "h" :seconds 60', 'header :mime "Content-Type" "text/plain"', 'exists :mime :anychild "X-A"',
                         'header :mime :type "Content-Type" "text"', 'address :mime :anychild "From" "anna@vip.example"',
                         'valid_notify_method "mailto:a@x.example"', 'mailboxexists "Filed"', 'string "${1}" "a"')

    def leaf(self):
        test = self.uncertain() if not self.is_certain and self.random.random() < 0.04 else self.any_leaf()
        while differences.is_known(test):
            test = self.any_leaf()
        return test

    def any_leaf(self):
        return self.pick(
            self.header, self.header, self.header, self.address, self.address, self.envelope, self.body, self.date,
            self.string, lambda: f"exists {self.some(NAMES)}",
            lambda: f"size {self.pick(':over', ':under')} {self.pick('300', '500', '1K', '700')}",
            self.hasflag, self.server,
            lambda: 'spamtest ' + self.pick(':value "ge" :comparator "i;ascii-numeric" "5"', ':is "0"',
                                            ':value "eq" :comparator "i;ascii-numeric" "2"', ':count "eq" "1"'),
            lambda: f'spamtest :percent :value "{self.relation()}" :comparator "i;ascii-numeric" {self.pick(quoted("0"), quoted("44"), quoted("50"), quoted("100"))}',
            lambda: f'virustest :value "{self.relation()}" :comparator "i;ascii-numeric" {self.pick(quoted("0"), quoted("1"), quoted("3"), quoted("5"))}',
            lambda: self.pick("true", "false", 'ihave "fileinto"', 'ihave "ereject"'))()

    def test(self, depth=2):
        kind = self.random.random()
        if depth == 0 or kind < 0.6:
            return self.leaf()
        if kind < 0.7:
            return f"not {self.test(depth - 1)}"
        word = self.pick("anyof", "allof")
        return f"{word} ({', '.join(self.test(depth - 1) for _ in range(self.random.randint(1, 3)))})"

    # Commands

    def action(self):
        kind = self.random.random()
        if kind < 0.22:
            return f"redirect {self.pick('', ':copy ')}{quoted(self.pick(*TARGETS))};"
        if kind < 0.37:
            return f"fileinto {self.pick('', ':copy ', ':create ', FLAGS)}{quoted(self.pick(*FOLDERS))};"
        if kind < 0.47:
            return f"keep {self.pick('', '', '', FLAGS)};"
        if kind < 0.53:
            return "discard;"
        if kind < 0.57:
            return 'reject "No thanks.";'
        if kind < 0.62:
            return self.vacation()
        if kind < 0.65:
            return "notify " + self.pick("", ':message "N" ', ':importance "1" ', ':from "me@acme.example" ', ':message "${v}" :options ["a=b"] ') + \
                quoted("mailto:" + self.pick(*NOTIFIED)) + ";"
        if kind < 0.67:
            return self.loop()
        if kind < 0.69 and self.included:
            return f"include {self.pick('', '', ':once ', ':optional ', ':personal ', ':once :optional ')}{quoted(self.pick(*self.included))};"
        return self.change()

    def vacation(self):
        tags = self.random.sample(REPLY_TAGS, self.pick(0, 0, 1, 1, 2, 3))
        tags = [tag for n, tag in enumerate(tags) if tag.split()[0] not in {other.split()[0] for other in tags[:n]}]
        return " ".join(["vacation", *tags, self.pick('"Away."', '"Away."', ':mime "Content-Type: text/plain\r\n\r\nAway."')]) + ";"

    def loop(self):
        commands = ["keep;", "discard;", 'fileinto "Other";', 'redirect :copy "p@x.example";', "stop;", "break;", 'set "v" "${v}a";', 'addflag "$a";',
                    f"if {self.leaf()} {{ break; }}"]
        inner = "".join(f" {self.pick(*commands)}" for _ in range(self.pick(1, 1, 2)))
        # Behind a loop in a loop no more may follow: engines/differences.py, and docs/engines.md.
        return f"foreverypart {{{inner}{' foreverypart {' + inner + ' }' if self.random.random() < 0.15 else ''} }}"

    def change(self):
        kind = self.random.random()
        if kind < 0.3:
            name = self.pick("X-Added", "X-Added", "X-Added", "Subject", "To", "X-B", "X-${v}")
            value = self.pick("v1", "a", "${v}", "b c", "Anna <anna@vip.example>", "=?utf-8?Q?a?=", "Gr\u00fc\u00dfe")
            return f'addheader {self.pick("", ":last ")}{quoted(name)} {quoted(value)};'
        if kind < 0.5:
            return "deleteheader " + self.pick('"X-Added"', ':index 1 "X-Added"', ':index 1 :last "X-A"',
                                               ':contains "X-Added" "a"', ':index 2 :matches "X-A" "?"',
                                               '"X-Added" ["v1", "b"]', '"X-A"', '"Subject"', ':index 1 :last "X-B"', ':index 2 :last "X-Added"',
                                               ':value "ge" :comparator "i;ascii-numeric" "X-A" "7"', '"X-${v}"') + ";"
        if kind < 0.7:
            modifier = self.pick("", "", ":upper ", ":lower ", ":length ", ":quotewildcard ", ":upperfirst :lower ", ":lowerfirst :upper ", ":encodeurl ")
            value = self.pick("a", "aBc", "x*y", "${v}", "${v}b", "${w}${v}", "", "z  z", "${hex:41}", "${w}${hex:zz}", "\u00e9 ${global.g}", "$a  $b $a")
            return f"set {modifier}{quoted(self.pick('v', 'w', 'V', 'global.g'))} {quoted(value)};"
        if kind < 0.85:
            word = self.pick("setflag", "addflag", "removeflag")
            flags = ["$a", "$b", chr(92) + "Seen", "$a $b", "$b  $a", "${v}", "a(b", ""]
            return f'{word} {self.pick("", "", quoted("v"))} {self.some(flags)};'
        return self.pick("stop;", "keep;", "return;", 'if false { discard; }', 'if not ihave "none" { error "E"; }')

    def block(self, depth):
        return "{ " + " ".join(self.command(depth) for _ in range(self.random.randint(1, 3))) + " }"

    def command(self, depth):
        if depth == 0 or self.random.random() < 0.45:
            return self.action()
        text = f"if {self.test()} {self.block(depth - 1)}"
        while self.random.random() < 0.4:
            text += f" elsif {self.test()} {self.block(depth - 1)}"
        if self.random.random() < 0.5:
            text += f" else {self.block(depth - 1)}"
        return text

    def script(self):
        self.orders = ':comparator "i;octet" '  # what differs in a run is not told test by test
        self.is_certain, self.included = False, {}
        shared = self.pick("", "", 'global ["w"];\n')
        for name in ("two", "one"):  # the first includes none, the second perhaps the first
            if self.random.random() < 0.5:
                self.included[name] = REQUIRE + shared + " ".join(self.command(1) for _ in range(self.random.randint(1, 2))) + "\n"
        return REQUIRE + shared + "\n".join(self.command(2) for _ in range(self.random.randint(2, 6))) + "\n"

    def tests(self, n):
        """A script that files a copy in T0, T1, … for each of n tests that holds."""
        self.orders, self.is_certain, self.included = "", True, {}
        values = " ".join(f"set {quoted(name)} {quoted(self.pick('a', 'abc', '7', ''))};" for name in ("v", "w"))
        flags = 'addflag ["$a", "1", "' + chr(92) * 2 + 'Seen"];'
        return REQUIRE + values + " " + flags + "\n" + "".join(
            f'if {self.leaf()} {{ fileinto :copy "T{i}"; }}\n' for i in range(n))

    # Messages

    def encoded(self, text):
        """The text as it may stand in a header: bytes."""
        kind = self.random.random()
        charset = self.pick(*CHARSETS)
        try:
            raw = text.encode(charset)
        except UnicodeEncodeError:
            charset, raw = "utf-8", text.encode()
        if kind < 0.3:
            return raw if charset.lower() == "utf-8" else text.encode()
        if kind < 0.6:
            return f"=?{charset}?{self.pick('B', 'b')}?{base64.b64encode(raw).decode()}?=".encode()
        if kind < 0.85:
            word = "".join("_" if byte == 32 else chr(byte) if chr(byte).isalnum() and byte < 128 else f"={byte:02X}"
                           for byte in raw)
            return f"=?{charset}?{self.pick('Q', 'q')}?{word}?=".encode()
        return self.pick(b"=?utf-8?B?!!?=", b"=?x-none?Q?abc?=", b"=?utf-8?Q?a?= =?utf-8?Q?b?=", b"a =?utf-8?Q?b?= c",
                         b"=?utf-8?Q?a?=\r\n =?utf-8?Q?bc?=", b"\"=?utf-8?Q?a?=\"", b"=?utf-8?B?5paw6K6i5Y2VIDQy?=",
                         b"=?utf-8?Q?=E8=AE?= =?utf-8?Q?=A2?=", b"=?us-ascii?Q?Order?=\t=?us-ascii?Q?_42?=", b"\xff\xfe",
                         b"=?utf-8?B?6K4=?=\r\n =?utf-8?B?og==?=", b"=?utf-8?Q??= a", b"=?utf-8?Q?a b?=", b"=?utf-8*de?Q?a?=", b"=?iso-8859-1?q?gr=fc=df?=\r\n\t=?utf-8?q?e?=",
                         b"Gr\xfc\xdfe", b"a\r\n  b\r\n\tc", b"=?utf-8?Q?a=0Ab?=", b"=?utf-8?B?YQ?=", b"=?utf-8?Q?a?=b", b"a=?utf-8?Q?b?=", b"=?utf-8?Q?=ZZ?=",
                         b"=?utf-8?X?a?=", b"=?utf-8?Q?a?=  =?utf-8?Q?b?= =?x?Q?c?=", b"=?=", b"=?utf-8?Q?a", b"42\r\n ")

    def folded(self, value):
        if b" " in value and b"=?" not in value and self.random.random() < 0.3:
            head, _, tail = value.partition(b" ")
            return head + self.pick(b"\r\n ", b"\r\n\t", b"\r\n  ") + tail
        return value

    def mail_address(self):
        address = self.pick(*ADDRESSES)
        local, _, domain = address.partition("@")
        return self.pick(address, address, f"<{address}>", f"My Name <{address}>", f'"A, B" <{address}>',
                         f"{local} @ {domain}", f"(note) {address} (more)", f"=?utf-8?Q?Gr=C3=BC=C3=9Fe?= <{address}>",
                         f"<@relay.example:{address}>", f'"{local}"@{domain}', f"{address} (Name)",
                         f'"x\\"y" <{address}>').encode()

    def address_list(self):
        kind = self.random.random()
        if kind < 0.6:
            return self.mail_address()
        if kind < 0.8:
            return b", ".join(self.mail_address() for _ in range(2))
        if kind < 0.9:
            group = self.pick(b"Group", b'"A: b"', b"=?utf-8?Q?Gr=C3=BCn?=") + b": " + \
                b", ".join(self.mail_address() for _ in range(self.random.randint(0, 2))) + b";"
            return group + self.pick(b"", b"", b", me@acme.example", b", B: anna@vip.example;", b" (note)")
        return self.pick(b"", b"nobody", b"undisclosed-recipients:;", b"a@", b"@b", b"<>", b"a b c", b",,anna@vip.example",
                         b"anna@vip.example, , me@acme.example", b"anna@vip.example;me@acme.example",
                         b"x@[IPv6:2001:db8::1]", b'"me"@acme.example', b'"a\\b"@x.example', b"<anna@vip.example> <me@acme.example>", b'"A" B <me@acme.example>',
                         b"(only)", b"me@@acme.example", b"<me@acme.example", b"me@acme.example>", b"=?utf-8?Q?me=40acme.example?=",
                         b"\xe9 <me@acme.example>", b"a.b@x.example (c (d) e), f@x.example", b"G: me@acme.example, H: x@x.example;, anna@vip.example;",
                         b"me@acme.example.", b"<me@acme.example.>, anna@vip.example", b"a@b..c, me@acme.example", b"(c (d \\) e)) me (f) @ (g) acme (h) . example (i)",
                         b"\"me\\@x\" <anna@vip.example>", b"G:;, me@acme.example", b"@x.example:me@acme.example", b"<@a.example,@b.example:me@acme.example>",
                         b"me@acme.example <anna@vip.example>", b"M. Y. Name <me@acme.example>", b".. <me@acme.example>", b"\"\" <me@acme.example>", b"\"\"@x.example",
                         b"me@[a\\]b]", b"<me @ acme.example>", b"me@acme .example", b"anna@vip.example (c", b"(c) , anna@vip.example", b"a;b@x.example, me@acme.example")

    def date_value(self):
        return self.pick(b"Mon, 23 Nov 2026 10:30:00 +0000", b"23 Nov 2026 16:00 +0530", b"Tue, 24 Nov 26 00:00:00 GMT",
                         b"Mon, 23 Nov 2026 07:00:00 -0330", b"Mon, 23 Nov 2026 10:30:00 EST", b"not a date", b"",
                         b"Mon, 23 Nov 2026 10:30:59 -0000 (comment)", b"Mon,23 Nov 2026 10:30:00 +0000",
                         b"Fri, 1 Jan 2025 9:00:00 +0100", b"Wed, 31 Dec 2025 23:59:60 -1200", b"23 Nov 2026 10:30 UT", b"Mon, 23 Nov 2026 10:30:00 Z",
                         b"(c) Mon, 23 Nov 2026 (d) 10:30:00 +0000", b"Mon, 23 Nov 2026 10:30:00 +9959", b"Mon, 23 Nov 2026 10:30:00", b"Sun, 29 Feb 2026 10:30:00 +0000",
                         b"Tue, 29 Feb 2028 00:30:00 +0100", b"23 Nov 1926 10:30:00 +0000", b"2026-11-23", b"23 Nov 2026 10:30:00 +05", b"23 Nov 2026 10:30:00 +053", b"32 Nov 2026 10:30:00 +0000",
                         b"23 Nov 2026 24:00:00 +0000", b"23 Foo 2026 10:30:00 +0000", b"23 nov 2026 10:30:00 gmt", b"23 Nov 026 10:30:00 +0000", b"23 Nov 2026 10:60:00 +0000",
                         b"Foo, 23 Nov 2026 10:30:00 +0000", b"Mon 23 Nov 2026 10:30:00 +0000", b"23 Nov 2026 10:30:00 +0000 x", b"23 Nov 2026 10 : 30 : 00 +0000", b"23 (c) Nov 2026 10:30 +0000",
                         b"23 Nov 2026 10:30:00 PDT", b"23 Nov 2026 10:30:00 B", b"23-Nov-2026 10:30:00 +0000", b"0 Nov 2026 10:30:00 +0000", b"1 Nov 12026 10:30:00 +0000", b"by x; Mon, 23 Nov 2026 10:30:00 +0000")

    def header_lines(self):
        lines = [b"From: " + self.address_list(), b"To: " + self.pick(b"me@acme.example", b"me@acme.example",
                                                                     self.address_list())]
        for _ in range(self.random.randint(1, 6)):
            name = self.pick("Subject", "X-A", "x-a", "X-B", "Cc", "Sender", "Date", "X-Added", "From", "Resent-Date",
                             "List-Id", "Precedence", "Auto-Submitted", "Reply-To", "Bcc", "Received", "Resent-Date")
            if name in ADDRESS_NAMES:
                value = self.address_list()
            elif name == "Received":
                value = b"from a by b" + self.pick(b"; ", b";", b"\r\n\t; ", b" ") + self.date_value()
            elif name in ("Date", "Resent-Date"):
                value = self.date_value()
            elif name == "X-Added":
                value = self.pick(b"v1", b"a", b"b")
            elif name in ("List-Id", "Precedence", "Auto-Submitted"):
                if self.random.random() < 0.6:
                    continue
                value = self.pick(b"bulk", b"no", b"yes")
            else:
                value = self.folded(self.encoded(self.pick(*TEXTS)))
            lines.append(name.encode() + self.pick(b": ", b": ", b":", b":  ", b":\t") + value)
        if self.random.random() < 0.1:
            lines.append(self.pick(b"no colon here", b"Bad Name: x", b": empty", b"X-A : spaced"))
        self.random.shuffle(lines)
        return lines

    def body_bytes(self):
        text = self.pick(*TEXTS)
        kind = self.random.random()
        if kind < 0.03:
            return [], b""
        if kind < 0.4:
            return [], text.encode() + b"\r\nplain text\r\n"
        if kind < 0.55:
            return [b"MIME-Version: 1.0", b"Content-Type: text/plain; charset=utf-8",
                    b"Content-Transfer-Encoding: base64"], base64.b64encode(text.encode()) + b"\r\n"
        if kind < 0.65:
            return [b"Content-Type: text/plain; charset=iso-8859-1", b"Content-Transfer-Encoding: quoted-printable"], \
                b"Gr=FC=DFe=\r\n and a=2Ab\r\n"
        if kind < 0.75:
            return [b"MIME-Version: 1.0", b"Content-Type: text/html; charset=utf-8"], \
                b"<html><body><p>a&amp;b <b>Order</b> 42</p></body></html>\r\n"
        nested = self.random.random() < 0.3
        inner = [b"--b", b"Content-Type: text/plain; charset=utf-8", b"", text.encode(), b"--b",
                 b"Content-Type: text/html", b"", b"<p>abc</p>", b"--b",
                 b"Content-Type: application/octet-stream", b"Content-Transfer-Encoding: base64", b"",
                 base64.b64encode(b"Order 42"), b"--b--", b"epilogue abc", b""]
        if self.random.random() < 0.15:
            inner = [*inner[:self.pick(4, 8, 13)], b""]  # the message is cut off
        if nested:
            inner = [b"--b", b"Content-Type: message/rfc822", b"", b"Subject: abc", b"", b"Order 42 inside", *inner]
        return [b"MIME-Version: 1.0", b'Content-Type: multipart/mixed; boundary="b"'], b"\r\n".join([b"preamble abc", *inner])

    def message(self):
        """(bytes, percent of spam or None, virus score)"""
        fields, body = self.body_bytes()
        spam, virus = self.pick(None, None, 0, 20, 44, 45, 50, 99, 100), self.pick(0, 0, 1, 3, 5)
        lines = [b"X-Spam-Score: %d.%d" % divmod(spam, 10)] if spam is not None else []
        lines += [b"X-Virus-Score: %d" % virus] if virus else []
        lines += self.header_lines() + fields
        return self.mangled(b"\r\n".join([*lines, b"", body])), spam, virus

    def mangled(self, data):
        """With lines that end in LF, of a size that scripts ask for, or near it, or cut off, now and then."""
        if self.random.random() < 0.2:
            data = data.replace(b"\r\n", b"\n")
        missing = self.pick(300, 500, 700, 1024) + self.pick(-1, 0, 1) - len(data)
        kind = self.random.random()
        if kind < 0.15 and missing > 0:
            data += b"x" * (missing - 1) + b"\n"
        elif kind < 0.2:
            data = data[:self.random.randrange(50, len(data))] + b"\r\n"  # the servers print them one behind the other
        return data

    def instant(self):
        return self.pick(datetime.datetime(2026, 11, 23, 10, 30, 0), datetime.datetime(2026, 11, 23, 19, 0, 0),
                         datetime.datetime(2026, 11, 22, 23, 59, 59)).replace(tzinfo=datetime.timezone.utc)

    def envelope_pair(self):
        return self.pick("anna@vip.example", "bob@b.acme.example", "ANNA@VIP.example", "owner-list@x.example"), \
            self.pick(MAILBOX, MAILBOX, "me+tag@acme.example")
