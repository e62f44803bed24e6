# SPDX-License-Identifier: LGPL-2.1-or-later
"""tamis convert: both ways, the endings that it goes by, what it refuses; and docs/xml.md. That nothing is lost on the
way is the matter of tests/unit/test-policy-xml.c, and of every fixture and sample."""

import os
import re
import stat

POLICY = """organization {
    domains  acme.example;
    timezone Asia/Shanghai;
}

mailbox li@acme.example {
    route own { keep; }
}  # why
"""
XML = """<?xml version="1.0" encoding="UTF-8"?>
<policy xmlns="urn:tamis:policy:1">
  <organization>
    <domains><value>acme.example</value></domains>
    <timezone>Asia/Shanghai</timezone>
  </organization>

  <mailbox><value>li@acme.example</value>
    <route name="own">
      <keep/>
    </route>
  </mailbox> <!-- why -->
</policy>
"""


def test_there_and_back(t):
    t.write("a.tamis", POLICY)
    output = t.tamis("convert", "a.tamis", "-o", "a.xml")
    t.status(0, output)
    t.equal("", output.out + output.err)
    t.equal(XML, t.read("a.xml"))
    t.status(0, t.tamis("convert", "a.xml", "-o", "b.tamis"))
    t.equal(POLICY, t.read("b.tamis"))


def test_standard_input_and_output_take_the_form_from_the_other_end(t):
    t.write("a.tamis", POLICY)
    t.write("a.xml", XML)
    t.equal(XML, t.tamis("convert", "a.tamis", "-o", "-").out)
    t.equal(POLICY, t.tamis("convert", "a.xml", "-o", "-").out)
    t.status(0, t.tamis("convert", "-", "-o", "b.xml", stdin=POLICY))
    t.equal(XML, t.read("b.xml"))
    t.status(0, t.tamis("convert", "-", "-o", "b.tamis", stdin=XML))
    t.equal(POLICY, t.read("b.tamis"))


def test_usage(t):
    t.write("a.tamis", POLICY)
    t.write("a.xml", XML)
    for words, said in [
        ([], "a file is missing"),
        (["a.tamis"], "where to? say -o OUT"),
        (["a.tamis", "a.xml", "-o", "b.xml"], "one file at a time, please"),
        (["-", "-o", "-"], "from and to what? name one of the files"),
        (["a.tamis", "-o", "b.tamis"], "nothing to convert: 'tamis fmt' lays a policy out"),
        (["a.xml", "-o", "b.xml"], "nothing to convert: both files are XML"),
        (["a.txt", "-o", "b.xml"], "'a.txt' ends neither in .tamis nor in .sieve nor in .xml"),
        (["a.xml", "-o", "b"], "'b' ends neither in .tamis nor in .sieve nor in .xml"),
    ]:
        output = t.tamis("convert", *words)
        t.status(64, output)
        t.equal(f"tamis: {said}\nhelp: 'tamis convert --help' shows its options\n", output.err)
    t.equal(["a.tamis", "a.xml"], sorted(os.listdir(t.folder)), "the files")


def test_what_cannot_be_read_or_written(t):
    t.write("a.tamis", POLICY)
    output = t.tamis("convert", "none.tamis", "-o", "b.xml")
    t.status(2, output)
    t.contains("none.tamis", output.err)
    output = t.tamis("convert", "a.tamis", "-o", "none/b.xml")
    t.status(2, output)
    t.equal("tamis: cannot write 'none/b.xml': No such file or directory\n", output.err)
    (t.folder / "d.xml").mkdir()
    t.status(2, t.tamis("convert", "a.tamis", "-o", "d.xml"))
    t.equal(["a.tamis", "d.xml"], sorted(os.listdir(t.folder)), "the files")


def test_a_faulty_file_is_not_converted(t):
    t.write("a.tamis", POLICY.replace("keep;", "keep"))
    t.write("old.xml", "old")
    output = t.tamis("convert", "a.tamis", "-o", "old.xml")
    t.status(1, output)
    t.equal("", output.out)
    t.contains("a.tamis:7:21: error: ", output.err)
    t.equal("old", t.read("old.xml"))
    t.write("a.xml", XML.replace("<keep/>", "<kep/>"))
    output = t.tamis("convert", "a.xml", "-o", "-")
    t.status(1, output)
    t.equal("", output.out)
    t.equal("a.xml:10:8: error: unexpected <kep> [syntax]\nhelp: did you mean <keep>?\n", output.err)


def test_a_file_that_is_there_keeps_its_mode_and_its_link(t):
    t.write("a.tamis", POLICY)
    t.write("real.xml", "old").chmod(0o640)
    (t.folder / "link.xml").symlink_to("real.xml")
    t.status(0, t.tamis("convert", "a.tamis", "-o", "link.xml"))
    assert (t.folder / "link.xml").is_symlink()
    t.equal(XML, t.read("real.xml"))
    t.equal(0o640, stat.S_IMODE((t.folder / "real.xml").stat().st_mode), "the mode")
    t.equal(["a.tamis", "link.xml", "real.xml"], sorted(os.listdir(t.folder)), "the files")


def test_xml_is_a_policy_to_every_verb(t):
    t.write("a.tamis", POLICY)
    t.write("a.xml", XML)
    t.write("b.tamis", 'import "a.xml";\n')
    expected = t.tamis("compile", "a.tamis", "-o", "-").out
    t.contains("li@acme.example", expected)
    t.equal(expected, t.tamis("compile", "a.xml", "-o", "-").out)
    t.equal(expected, t.tamis("compile", "b.tamis", "-o", "-").out)
    t.status(0, t.tamis("check", "a.xml"))
    t.write("wrong.xml", XML.replace("Shanghai", "Shangai"))
    output = t.tamis("check", "wrong.xml")
    t.status(1, output)
    t.contains("wrong.xml:5:15: error: ", output.out)


def test_fmt_lays_xml_out(t):
    t.write("a.xml", re.sub(r"\n *", "", XML.replace(" <!-- why -->", "")))
    t.status(1, t.tamis("fmt", "--check", "a.xml"))
    t.status(0, t.tamis("fmt", "a.xml"))
    t.equal(XML.replace(" <!-- why -->", ""), t.read("a.xml"))
    t.status(0, t.tamis("fmt", "--check", "a.xml"))


def test_nothing_is_opened_because_of_a_file(t):
    os.mkfifo(t.folder / "trap")  # whoever opens it waits for ever
    for xml, said in [
        ('<!DOCTYPE policy [<!ENTITY x SYSTEM "trap">]>\n<policy xmlns="urn:tamis:policy:1"><import>&x;</import></policy>',
         "a document type declaration"),
        ('<!DOCTYPE policy SYSTEM "trap">\n<policy xmlns="urn:tamis:policy:1"/>', "a document type declaration"),
        ('<policy xmlns="urn:tamis:policy:1"><i:include xmlns:i="http://www.w3.org/2001/XInclude" href="trap"/></policy>',
         "XInclude is not followed"),
    ]:
        t.write("a.xml", xml)
        output = t.tamis("convert", "a.xml", "-o", "-")
        t.status(1, output)
        t.contains(f"error: {said} [syntax]", output.err)


def test_the_manual_shows_what_comes_out(t):
    text = (t.root / "docs" / "xml.md").read_text()
    pairs = re.findall(r"^```policy\n(.*?)^```\n```xml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(pairs) > 3, len(pairs)
    schema = (t.root / "grammar" / "policy.rng").read_text()
    for policy, xml in pairs:
        t.write("a.tamis", policy)
        output = t.tamis("convert", "a.tamis", "-o", "-")
        t.status(0, output)
        lines = output.out.splitlines()[2:-1]
        t.equal(xml, "".join(f"{line[2:]}\n" for line in lines), "the XML in docs/xml.md")
    shown = set(re.findall(r"<([a-z-]+)", "".join(xml for _, xml in pairs)))
    missing = set(re.findall(r'<element name="([a-z-]+)"', schema)) - shown - {"policy"}
    if missing:
        t.fail(f"docs/xml.md does not show {', '.join(sorted(missing))}")
