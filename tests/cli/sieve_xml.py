# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sieve in XML (RFC 5784) as a user meets it: convert, check and fmt. What becomes of each construct, and of XML that
is wrong, tests/unit/test-sieve-xml.c says."""

import json
import os
import re

SIEVE = """require ["fileinto", "copy"];

# rule:[订单]
if header :contains "subject" ["订单", "order"] {
    redirect :copy "commerce@acme.example"; # and keep
    fileinto "Orders";
}
"""
XML = """<?xml version="1.0" encoding="UTF-8"?>
<sieve xmlns="urn:ietf:params:xml:ns:sieve">
  <control name="require">
    <list>
      <str>fileinto</str>
      <str>copy</str>
    </list>
  </control>

  <comment> rule:[订单]</comment>
  <control name="if">
    <test name="header">
      <tag>contains</tag>
      <str>subject</str>
      <list>
        <str>订单</str>
        <str>order</str>
      </list>
    </test>
    <action name="redirect">
      <tag>copy</tag>
      <str>commerce@acme.example</str>
      <postamble>
        <comment> and keep</comment>
      </postamble>
    </action>
    <action name="fileinto">
      <str>Orders</str>
    </action>
  </control>
</sieve>
"""


def test_there_and_back(t):
    t.write("a.sieve", SIEVE)
    output = t.tamis("convert", "a.sieve", "-o", "a.xml")
    t.status(0, output)
    t.equal("", output.out + output.err)
    t.equal(XML, t.read("a.xml"))
    t.status(0, t.tamis("convert", "a.xml", "-o", "b.sieve"))
    t.equal(SIEVE, t.read("b.sieve"))
    t.equal(XML, t.tamis("convert", "a.sieve", "-o", "-").out)
    t.equal(SIEVE, t.tamis("convert", "a.xml", "-o", "-").out)
    t.status(0, t.tamis("convert", "-", "-o", "c.sieve", stdin=XML))
    t.equal(SIEVE, t.read("c.sieve"))


# Whatever layout a script has that fmt leaves alone.
LAYOUT = """# first
require [
    "fileinto", /* of folders */
    # own line
    "copy"
]; # where
/*x*/
if anyof (
    true, /* c */
    header /* y */ :is "a" "b" # last
) {
    # before

    fileinto /* z */ "x"; # behind
} # behind the block
elsif size :over 1024K {
    keep;
} /* one */ # two
else {
    if true {
        redirect "a\n";
    } # inside
    # own

    # of the end
}
vacation text: # the text
.
;
"""


def test_the_layout_comes_back_as_it_was(t):
    t.write("a.sieve", LAYOUT)
    t.status(0, t.tamis("fmt", "--check", "a.sieve"))
    t.status(0, t.tamis("convert", "a.sieve", "-o", "a.xml"))
    t.status(0, t.tamis("fmt", "--check", "a.xml"))
    t.status(0, t.tamis("convert", "a.xml", "-o", "b.sieve"))
    t.equal(LAYOUT, t.read("b.sieve"))


def test_the_root_element_tells_a_script_from_a_policy(t):
    t.write("a.sieve", SIEVE)
    t.write("a.xml", XML)
    t.write("p.xml", '<policy xmlns="urn:tamis:policy:1"/>')
    for words, said in [
        (["a.xml", "-o", "b.tamis"], "'a.xml' is a Sieve script: say -o NAME.sieve"),
        (["p.xml", "-o", "b.sieve"], "'p.xml' is a policy: say -o NAME.tamis"),
        (["a.sieve", "-o", "b.sieve"], "nothing to convert: 'tamis fmt' lays a script out"),
        (["a.sieve", "-o", "b.tamis"], "a script is converted to XML, not to a policy"),
        (["p.tamis", "-o", "b.sieve"], "'tamis compile' makes scripts of a policy, one for each mailbox"),
        (["a.xml", "-o", "b.xml"], "nothing to convert: both files are XML"),
    ]:
        output = t.tamis("convert", *words)
        t.status(64, output)
        t.equal(f"tamis: {said}\nhelp: 'tamis convert --help' shows its options\n", output.err)
    t.equal(["a.sieve", "a.xml", "p.xml"], sorted(os.listdir(t.folder)), "the files")
    output = t.tamis("check", "p.xml")
    t.contains("p.xml:1:1: error: the policy has no organization", output.out)


def test_check_finds_in_xml_what_it_finds_in_the_script(t):
    script = SIEVE.replace("commerce@acme.example", "commerce@@acme.example").replace("fileinto \"Orders\"", "stop")
    t.write("a.sieve", script)
    t.status(0, t.tamis("convert", "a.sieve", "-o", "a.xml"))
    output = t.tamis("check", "a.sieve", "a.xml")
    t.status(1, output)
    found = {}
    for name, line, column, rest in re.findall(r"^(a\.\w+):(\d+):(\d+): (.*)$", output.out, re.MULTILINE):
        found.setdefault(name, []).append(rest)
        if name == "a.xml":
            text = t.read("a.xml").splitlines()[int(line) - 1][int(column) - 1:]
            assert text.startswith(("fileinto</str>", "commerce@@acme.example</str>")), text
    assert len(found["a.sieve"]) == 2, output.out
    t.equal(found["a.sieve"], found["a.xml"], "the findings")
    t.status(2, t.tamis("check", "--fix", "a.xml"))


def test_exceptions_work_in_xml(t):
    t.write("a.sieve", 'require "fileinto"; # tamis: allow unused-require because of a generator\n')
    t.status(0, t.tamis("convert", "a.sieve", "-o", "a.xml"))
    output = t.tamis("check", "--fail-on", "hint", "a.xml")
    t.status(0, output)
    t.equal("", output.out)


def test_fmt_lays_xml_out(t):
    t.write("a.xml", re.sub(r"\n *", "", XML))
    t.status(1, t.tamis("fmt", "--check", "a.xml"))
    t.status(0, t.tamis("fmt", "a.xml"))
    t.equal(XML.replace("\n\n", "\n"), t.read("a.xml"))
    t.status(0, t.tamis("fmt", "--check", "a.xml"))


def test_nothing_becomes_sieve_unquoted(t):
    t.write("a.xml", XML.replace('name="fileinto"', 'name="discard;keep"').replace("<tag>copy", "<tag>copy; discard"))
    output = t.tamis("convert", "a.xml", "-o", "a.sieve")
    t.status(1, output)
    t.contains("a.xml:21:12: error: 'copy; discard' is no name of a tag [syntax]", output.err)
    t.contains("a.xml:27:19: error: 'discard;keep' is no name of a command [syntax]", output.err)
    t.equal(["a.xml"], os.listdir(t.folder), "the files")
    evil = '<displayblock a="*/discard;"><displaydata>*/ discard; /*</displaydata><comment>*/ discard;&#10;</comment></displayblock>'
    t.write("a.xml", XML.replace("订单", '"; discard; "').replace("<comment> rule", f"{evil}<comment>&#10;discard;*/"))
    t.status(0, t.tamis("convert", "a.xml", "-o", "a.sieve"))
    t.status(0, t.tamis("check", "a.sieve"))
    t.equal("""require ["fileinto", "copy"];

/* [* a="*&#47;discard;" */
/* [|*&#47; discard; /*|] */
/** / discard;
*/
/* *] */
/*
discard;* /:["; discard; "]*/
if header :contains "subject" ["\\"; discard; \\"", "order"] {
""", t.read("a.sieve").split("    redirect")[0])


def test_nothing_is_opened_because_of_a_file(t):
    os.mkfifo(t.folder / "trap")  # whoever opens it waits for ever
    for xml, said in [
        ('<!DOCTYPE sieve [<!ENTITY x SYSTEM "trap">]>\n' + XML.replace("copy", "&x;"), "a document type declaration"),
        ('<!DOCTYPE sieve SYSTEM "trap">\n<sieve xmlns="urn:ietf:params:xml:ns:sieve"/>',
         "a document type declaration"),
    ]:
        t.write("a.xml", xml[len("<?xml"):] if xml.startswith("<?xml") else xml)
        for verb in (["convert", "a.xml", "-o", "-"], ["check", "a.xml"], ["fmt", "a.xml"]):
            output = t.tamis(*verb)
            t.status(1, output)
            t.contains(f"error: {said} [syntax]", output.err + output.out)
    include = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="trap"/>'
    t.write("a.xml", XML.replace("<comment> rule", f"{include}<comment> rule"))
    t.contains(f"/* [/ {include} /] */", t.tamis("convert", "a.xml", "-o", "-").out)


def test_xml_that_would_be_too_large_to_be_read_is_not_written(t):
    t.write("a.sieve", "if true {" * 200 + "keep;" * 170000 + "}" * 200)
    output = t.tamis("convert", "a.sieve", "-o", "a.xml")
    t.status(1, output)
    t.equal("", output.out)
    command = re.search(r"a\.sieve:1:(\d+): error: as XML the script is larger than 64 MiB \[syntax\]\n"
                        r"help: keep it as Sieve, or part it into several\n", output.err)
    t.equal("keep;", t.read("a.sieve")[int(command[1]) - 1:][:5], "the command that was too much")
    t.status(2, t.tamis("convert", "a.xml", "-o", "b.sieve"))  # it is not there


def test_tests_that_would_be_too_much_xml_are_not_written(t):
    t.write("a.sieve", ("if " + "not " * 400 + "true { keep; }\n") * 400)
    output = t.tamis("convert", "a.sieve", "-o", "a.xml")
    t.status(1, output)
    t.contains("error: as XML the script is larger than 64 MiB [syntax]\n", output.err)
    t.equal(1, output.err.count("error:"), "errors")


def nested(n, before, inside, behind):
    return before * n + inside + behind * n


def test_indentation_that_would_be_too_much_is_not_written(t):
    anyof, header = ("<test name='anyof'>", "</test>"), ("<test name='header'><list>", "</list></test>")
    tests = nested(500, anyof[0], "<test name='true'/>" * 300000, anyof[1])
    strings = nested(500, anyof[0], header[0] + "<str/>" * 300000 + header[1], anyof[1])
    blocks = nested(500, "<control name='if'><test name='true'/>", "<action name='keep'/>" * 300000, "</control>")
    for xml in (f"<control name='if'>{tests}</control>", f"<control name='if'>{strings}</control>", blocks):
        t.write("a.xml", f"<sieve xmlns='urn:ietf:params:xml:ns:sieve'>{xml}</sieve>")
        output = t.command(t.context.plain_binary(), "convert", "a.xml", "-o", "a.sieve")
        t.status(1, output)
        t.equal("a.xml:1:1: error: laid out the script is larger than 512 MiB [syntax]\n"
                "help: nest its blocks less deep, or part it into several\n", output.err)
        t.equal(["a.xml"], os.listdir(t.folder), "the files")


def test_xml_whose_root_cannot_be_read_is_what_is_asked_for(t):
    declared = '<?xml version="1.0" encoding="UTF-16"?><sieve xmlns="urn:ietf:params:xml:ns:sieve"/>'
    for text, said in ((declared.encode("utf-16"), "the file is UTF-16"), (b"", "1:1: error: "),
                       (declared.encode("utf-16-le"), "save the file as UTF-8")):
        t.write("a.xml", text)
        output = t.tamis("convert", "a.xml", "-o", "a.sieve")
        t.status(1, output)
        t.contains(said, output.err)


def test_the_manual_shows_what_comes_out(t):
    text = (t.root / "docs" / "sieve-xml.md").read_text()
    (script,), (xml,) = (re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
                         for language in ("sieve", "xml"))
    t.write("a.sieve", script)
    t.equal(xml, t.tamis("convert", "a.sieve", "-o", "-").out, "the XML")
    t.write("a.xml", xml)
    t.equal(script, t.tamis("convert", "a.xml", "-o", "-").out, "the script")


def test_xml_is_judged_and_explained_as_the_script_that_it_is(t):
    t.write("li@acme.example.sieve", """require "fileinto";
if header :contains "subject" "order" {
    redirect "li@acme.example";
}
if allof(header "x-a" "1", not header "x-a" "1") {
    fileinto "Never";
}
""")
    t.status(0, t.tamis("convert", "li@acme.example.sieve", "-o", "li@acme.example.xml"))
    found = {}
    for name in ("li@acme.example.sieve", "li@acme.example.xml"):
        output = t.tamis("check", "--format", "json", "--as-of", "2026-11-23", name)
        findings = json.loads(output.out)["findings"]
        found[name] = [(finding["rule"], finding["message"], finding.get("witness")) for finding in findings]
        shown = t.tamis("explain", name, "--to", "li@acme.example", "--subject", "Order 1", "--format", "json")
        t.status(0, shown)
        actions = json.loads(shown.out)["deliveries"][0]["actions"]
        t.equal(["forward"], [action["action"] for action in actions])
        t.equal(name, actions[0]["source"]["file"])
        line = t.read(name).splitlines()[actions[0]["source"]["line"] - 1]
        t.contains("redirect", line)
        why = t.tamis("explain", name, "--to", "li@acme.example", "--subject", "Order 1", "--why").out
        t.contains('   yes  header :contains "subject" "order"\n', why)
    t.equal(found["li@acme.example.sieve"], found["li@acme.example.xml"], "the findings")
    t.contains("forward-to-self", " ".join(rule for rule, _, _ in found["li@acme.example.xml"]))


def test_the_examples_of_the_rfc(t):
    examples = t.root / "tests" / "sieve" / "rfc5784"
    words = {}
    for path in sorted(examples.glob("*.xml")):
        name = path.stem
        t.write(f"{name}.xml", path.read_text())
        t.status(0, t.tamis("convert", f"{name}.xml", "-o", f"{name}.sieve"))
        t.status(0, t.tamis("check", f"{name}.sieve"))
        t.status(0, t.tamis("convert", f"{name}.sieve", "-o", "again.xml"))
        t.status(0, t.tamis("convert", "again.xml", "-o", "again.sieve"))
        t.equal(t.read(f"{name}.sieve"), t.read("again.sieve"))
        words[name] = " ".join(t.read(f"{name}.sieve").split())
    t.equal(4, len(words))
    t.write("printed.sieve", (examples / "A-displayblock.sieve").read_text())
    t.status(0, t.tamis("fmt", "printed.sieve"))
    t.equal(words["A-displayblock"], " ".join(t.read("printed.sieve").split()))
    commands = {name: re.sub(r" ?(/\*.*?\*/|#move to \"filter\" mailbox)", "", words[name]).strip()
                for name in ("A-displayblock", "A-example")}
    t.equal(commands["A-example"], commands["A-displayblock"])
