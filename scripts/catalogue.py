#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes base/rules.h or base/rules.c of the pages in docs/findings; refuses a page whose front matter is wrong."""
import argparse
import pathlib
import re
import sys

KEYS = ('slug', 'severity', 'scripts', 'witness', 'since', 'summary')
HEADINGS = ['What it means', 'Example', 'Write instead', 'When it is fine', 'References']
SEVERITIES = ('error', 'warning', 'hint')
LICENCE = 'SPDX-License-Identifier: LGPL-2.1-or-later'


def read_page(path):
    """The front matter as a dict, with the page under 'page'."""
    text = path.read_text(encoding='utf-8')
    found = re.fullmatch(r'---\n(.*?)\n---\n\n?(.*)', text, re.DOTALL)
    if not found:
        sys.exit(f'{path}: no front matter between two lines of ---')
    page = {}
    for line in found[1].splitlines():
        key, colon, value = line.partition(': ')
        if not colon or key in page:
            sys.exit(f'{path}: front matter: {line!r} is not one "key: value"')
        page[key] = value.strip()
    if tuple(page) != KEYS:
        sys.exit(f'{path}: the front matter has {", ".join(page)}; it takes {", ".join(KEYS)}, in this order')
    check_values(path, page)
    page['page'] = found[2]
    headings = re.findall(r'^## (.*)$', found[2], re.MULTILINE)
    if headings != HEADINGS:
        sys.exit(f'{path}: the headings are {headings}, not {HEADINGS}')
    return page


def check_values(path, page):
    if page['slug'] != path.stem or not re.fullmatch(r'[a-z]+(-[a-z]+)*', page['slug']):
        sys.exit(f'{path}: the slug is {page["slug"]!r}, not the file\'s name in lower-case words')
    if page['severity'] not in SEVERITIES:
        sys.exit(f'{path}: no severity {page["severity"]!r}')
    for key in ('scripts', 'witness'):
        if page[key] not in ('yes', 'no'):
            sys.exit(f'{path}: {key} is yes or no')
    if page['summary'].endswith('.'):
        sys.exit(f'{path}: the summary ends in a full stop')


def c_string(text):
    """A C literal a line of the text."""
    def escape(byte):
        if byte in b'"\\':
            return '\\' + chr(byte)
        if byte == 10:
            return '\\n'
        # A '?' could start a trigraph; octal escapes end after three digits whatever follows.
        return chr(byte) if 32 <= byte < 127 and byte != ord('?') else f'\\{byte:03o}'

    lines = text.splitlines(keepends=True) or ['']
    return '\n        '.join('"' + ''.join(map(escape, line.encode())) + '"' for line in lines)


def constant(page):
    return 'TAMIS_RULE_' + page['slug'].upper().replace('-', '_')


def header(pages):
    lines = [f'/* {LICENCE}', ' *', ' * Generated from docs/findings: the rules, by slug. */', '#pragma once', '',
             'typedef enum {']
    lines += [f'    {constant(page)}, /* {page["summary"]} */' for page in pages]
    lines += ['    TAMIS_N_RULES', '} TamisRule;', '']
    return '\n'.join(lines)


def table(pages):
    lines = [f'/* {LICENCE}', ' *', ' * Generated from docs/findings: the catalogue. */', '#include "base/rules-table.h"',
             '', 'const TamisRuleInfo tamis_rules[TAMIS_N_RULES] = {']
    for page in pages:
        lines += [
            f'    [{constant(page)}] = {{',
            f'        .slug = {c_string(page["slug"])},',
            f'        .severity = TAMIS_SEVERITY_{page["severity"].upper()},',
            f'        .scripts = {"TRUE" if page["scripts"] == "yes" else "FALSE"},',
            f'        .has_witness = {"TRUE" if page["witness"] == "yes" else "FALSE"},',
            f'        .since = {c_string(page["since"])},',
            f'        .summary = {c_string(page["summary"])},',
            f'        .page =\n        {c_string(page["page"])},',
            '    },']
    lines += ['};', '']
    return '\n'.join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('kind', choices=['header', 'table'])
    parser.add_argument('output', type=pathlib.Path)
    parser.add_argument('pages', nargs='+', type=pathlib.Path)
    arguments = parser.parse_args()
    pages = sorted(map(read_page, arguments.pages), key=lambda page: page['slug'])
    make = {'header': header, 'table': table}[arguments.kind]
    arguments.output.write_text(make(pages), encoding='utf-8')


if __name__ == '__main__':
    main()
