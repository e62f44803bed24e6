# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is installed is what an outsider needs: every public header, and pkg-config flags that work."""

import re

LAYERS = ("base", "grammar", "model", "compiler", "lint", "deploy")
PROGRAM = """
#include <base/catalogue.h>
#include <base/render.h>
#include <base/version.h>
#include <stdio.h>

int
main(void)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(GString) out = g_string_new(NULL);
    TamisRenderOptions options = {.context = FALSE};
    TamisSourceId id = tamis_sources_add_text(sources, "a.tamis", "one two", 7);

    tamis_report_add(report, (TamisSpan){id, 4, 3}, TAMIS_RULE_SYNTAX, "unexpected '%s'", "two");
    tamis_render(out, report, TAMIS_FORMAT_TEXT, &options);
    fputs(out->str, stdout);
    return 0;
}
"""


def installed(t):
    """The prefix that the plain build is installed below."""
    if t.context.plain is None:
        t.skip("no build folder without sanitizers (--plain)")

    def install():
        folder = t.context.folder()
        output = t.command("meson", "install", "-C", t.context.plain, "--no-rebuild", "--quiet",
                           "--destdir", folder)
        t.status(0, output)
        (pkgconfig,) = folder.rglob("tamis.pc")
        text = pkgconfig.read_text()
        prefix = re.search(r"^prefix=(.*)$", text, re.MULTILINE)[1]
        staged = folder / prefix.lstrip("/")
        pkgconfig.write_text(text.replace(f"prefix={prefix}\n", f"prefix={staged}\n"))
        return staged, pkgconfig.parent

    return t.context.once("install", install)


def pkg_config(t, *words):
    output = t.command("pkg-config", *words, "tamis", PKG_CONFIG_PATH=str(installed(t)[1]))
    t.status(0, output)
    return output.out.split()


def test_an_outside_program_compiles_and_runs(t):
    _, pkgconfig = installed(t)
    source = t.write("outside.c", PROGRAM)
    output = t.command("cc", "-Wall", "-Wextra", "-Werror", "-o", "outside", source,
                       *pkg_config(t, "--cflags", "--libs"))
    t.status(0, output)
    output = t.command(t.folder / "outside", LD_LIBRARY_PATH=str(pkgconfig.parent))
    t.status(0, output)
    t.equal("a.tamis:1:5: error: unexpected 'two' [syntax]\n", output.out)


def test_each_public_header_is_installed_and_stands_alone(t):
    headers = {str(path.relative_to(t.root)): path.read_text()
               for layer in LAYERS for path in sorted((t.root / layer).rglob("*.h"))}
    public = {name for name, text in headers.items() if "TAMIS_API" in text}
    pending = sorted(public)
    while pending:
        for name in re.findall(r'^#include "([^"]+)"', headers.get(pending.pop(), ""), re.MULTILINE):
            if name in headers and name not in public:
                public.add(name)
                pending.append(name)

    include = installed(t)[0] / "include" / "tamis"
    found = {str(path.relative_to(include)) for path in include.rglob("*.h")}
    generated = {"base/rules.h", "base/version.h"}
    faults = [f"{name} is public, and not in its layer's install_headers()" for name in sorted(public - found)]
    faults += [f"{name} is installed, and nothing public needs it" for name in sorted(found - public - generated)]
    if faults:
        t.fail("\n".join(faults))

    source = t.write("alone.c", "")
    flags = pkg_config(t, "--cflags")
    for name in sorted(found):
        source.write_text(f"#include <{name}>\nint unused;\n")
        output = t.command("cc", "-Wall", "-Werror", "-fsyntax-only", source, *flags)
        if output.status != 0:
            t.fail(f"{name} does not stand alone:\n{output.err}")


def test_the_command_and_the_library_are_installed(t):
    prefix, pkgconfig = installed(t)
    output = t.command(prefix / "bin" / "tamis", "--version", LD_LIBRARY_PATH=str(pkgconfig.parent))
    t.status(0, output)
    t.equal(f"tamis {''.join(pkg_config(t, '--modversion'))}\n", output.out)
