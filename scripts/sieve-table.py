#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes of grammar/sieve/language.table what its head says: the types' header, the checker's table, the manual."""
import argparse
import dataclasses
import pathlib
import re
import sys

LICENCE = 'SPDX-License-Identifier: LGPL-2.1-or-later'
SHAPES = {'number': 'NUMBER', 'string': 'STRING', 'strings': 'STRINGS'}
KINDS = {'control': 'CONTROL', 'action': 'ACTION', 'test': 'TEST'}
NOTATION = {'number': 'number', 'string': 'string', 'strings': 'string-list'}


@dataclasses.dataclass
class Tag:
    name: str
    type: str = ''
    extension: str = ''
    companion: str = ''
    group: int = 0


@dataclasses.dataclass
class Set:
    name: str
    one_of: bool
    text: str
    rows: list = dataclasses.field(default_factory=list)  # of lists of tags that exclude each other


@dataclasses.dataclass
class Word:
    kind: str
    name: str
    extensions: list
    reference: str
    rows: list = dataclasses.field(default_factory=list)  # of sets and of lists of tags
    parameters: list = dataclasses.field(default_factory=list)  # of (name, type, is_optional)
    follows: list = dataclasses.field(default_factory=list)
    needed: list = dataclasses.field(default_factory=list)  # of the rows: those that may not be left out

    def flat_tags(self):
        """All tags with their groups."""
        tags, n_groups = [], 0
        for row in self.rows:
            rows = row.rows if isinstance(row, Set) else [row]
            shared = isinstance(row, Set) and row.one_of
            if shared:
                n_groups += 1
            for alternatives in rows:
                if len(alternatives) > 1:
                    n_groups += 1
                group = n_groups if shared or len(alternatives) > 1 else 0
                tags += [dataclasses.replace(tag, group=group) for tag in alternatives]
        return tags


class Table:
    def __init__(self, path):
        self.path, self.types, self.sets, self.words, self.relations = path, {}, {}, [], []
        self.sections, self.line = [], 0
        current = None
        for self.line, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
            section = re.fullmatch(r'# (.*?) -{5,}', line)
            if section:
                self.sections.append((section[1], []))
            if line.startswith('#') or not line.strip():
                continue
            if line.startswith(' '):
                self.read_row(current, line.strip())
            else:
                current = self.read_head(line)
        self.check()

    def fail(self, message):
        sys.exit(f'{self.path}:{self.line}: {message}')

    def read_head(self, line):
        if found := re.fullmatch(r'type ([a-z-]+) +(number|string|strings): +(.*)', line):
            self.types[found[1]] = (found[2], found[3])
            return None
        if found := re.fullmatch(r'tags ([A-Z-]+)( one of)?: +(.*)', line):
            self.sets[found[1]] = Set(found[1], bool(found[2]), found[3])
            return self.sets[found[1]]
        if found := re.fullmatch(r'(control|action|test) ([a-z_]+)(?: \[([^]]+)\])?: +(.*)', line):
            word = Word(found[1], found[2], (found[3] or '').split(), found[4])
            self.words.append(word)
            self.sections[-1][1].append(word)
            return word
        if found := re.fullmatch(r'extension (\S+) +(needs|implies) +(.*)', line):
            self.relations.append((found[1], found[2], found[3].split()))
            return None
        return self.fail(f'what is {line!r}?')

    def read_tag(self, text):
        found = re.fullmatch(r':([a-z_]+)(?: <([a-z-]+)>)?(?: +((?!with)[a-z0-9.;-]+))?(?: +with :([a-z]+))?', text)
        if not found:
            self.fail(f'{text!r} is no tag')
        if found[2] and found[2] not in self.types:
            self.fail(f'no type {found[2]!r}')
        return Tag(found[1], found[2] or '', found[3] or '', found[4] or '')

    def read_row(self, owner, text):
        if owner is None:
            self.fail('nothing to belong to')
        if text.startswith(':'):
            if text.endswith(' needed'):
                text = text.removesuffix(' needed')
                owner.needed.append(len(owner.rows))
            owner.rows.append([self.read_tag(part.strip()) for part in text.split(' | ')])
        elif text[0] in '<[':
            for part in re.findall(r'\[<[^>]+>\]|<[^>]+>', text):
                name, kind = re.fullmatch(r'\[?<([a-z-]+): ([a-z-]+)>\]?', part).groups()
                if kind not in self.types:
                    self.fail(f'no type {kind!r}')
                owner.parameters.append((name, kind, part[0] == '['))
        elif re.fullmatch(r'(tests?|block)( block)?', text):
            owner.follows = text.split()
        else:
            for name in text.split():
                if name not in self.sets:
                    self.fail(f'no set {name!r}')
                owner.rows.append(self.sets[name])

    def check(self):
        for word in self.words:
            tags = word.flat_tags()
            names = [tag.name for tag in tags]
            for tag in tags:
                if names.count(tag.name) > 1 or tag.companion and tag.companion not in names:
                    sys.exit(f'{self.path}: {word.name}: something is wrong with :{tag.name}')


def usage(table, word):
    """As the RFCs write it."""
    def one(tag):
        value = f' <{NOTATION[table.types[tag.type][0]]}>' if tag.type else ''
        return f':{tag.name}{value}'

    parts = [word.name]
    for index, row in enumerate(word.rows):
        left, right = '<>' if index in word.needed else '[]'
        parts.append(left + (row.name if isinstance(row, Set) else ' / '.join(map(one, row))) + right)
    for name, kind, is_optional in word.parameters:
        text = f'<{name}: {NOTATION[table.types[kind][0]]}>'
        parts.append(f'[{text}]' if is_optional else text)
    follows = {'test': '<test>', 'tests': '<tests: test-list>', 'block': '<block>'}
    return ' '.join(parts + [follows[name] for name in word.follows])


def c_name(name):
    return re.sub('[^A-Z0-9]', '_', name.upper())


def c_string(text):
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"') + '"'


def make_header(table):
    rows = ' \\\n'.join(f'    X({c_name(name)}, "{name}", {SHAPES[shape]}, {c_string(text)})'
                        for name, (shape, text) in table.types.items())

    def names(of):
        return ' \\\n'.join(f'    X({c_name(name)})' for name in sorted(set(of)))

    return f'''/* {LICENCE}
 *
 * Made of grammar/sieve/language.table: the kinds of values that arguments have, names as constants. */
#pragma once

/* constant, name, shape, what it is */
#define TAMIS_SIEVE_TYPES(X) \\
{rows}

/* constants of all names of words, and of tags */
#define TAMIS_SIEVE_WORD_NAMES(X) \\
{names(word.name for word in table.words)}

#define TAMIS_SIEVE_TAG_NAMES(X) \\
{names(tag.name for word in table.words for tag in word.flat_tags())}
'''


def read_extensions(path):
    """Capability string to constant."""
    found = re.findall(r'X\((\w+), "([^"]+)",', path.read_text(encoding='utf-8'))
    return {name: f'TAMIS_EXTENSION_{constant}' for constant, name in found}


def writes_variables(word):
    """Whether something in it names a variable that it sets, or brings variables of elsewhere."""
    return ('variable' in [tag.type for tag in word.flat_tags()] + [kind for _, kind, _ in word.parameters]
            or word.kind == 'control' and 'variables' in [kind for _, kind, _ in word.parameters])


def slots_of(words):
    """For commands and for tests: the index of each name's first word, by its slot."""
    found = [{}, {}]
    for index, word in enumerate(words):
        slots = found[word.kind == 'test']
        first_letter, last, middle = (ord(word.name[at]) | 0x20 for at in (0, -1, len(word.name) // 2))
        slot = (len(word.name) + first_letter * 13 + last * 3 + middle * 5) & 255  # as tamis_sieve_slot in table.c
        first = slots.setdefault(slot, index)
        if words[first].name != word.name:
            sys.exit(f'{words[first].name} and {word.name} share a slot: choose other factors')
    return found


def tag_slots_of(names):
    """A factor, and by slot the index of the name, of which no two then share one."""
    for factor in range(0x9e3779b1, 0x9e3779b1 + 20000, 2):
        found = {}
        for index, name in enumerate(names):
            first_letter, last, middle = (ord(name[at]) | 0x20 for at in (0, -1, (len(name) - 1) // 2))
            key = first_letter | middle << 8 | last << 16 | len(name) << 24
            found[(key * factor & 0xffffffff) >> 26] = index  # as tamis_sieve_tag_slot in table.c
        if len(found) == len(names):
            return factor, found
    sys.exit(f'{", ".join(names)} always share slots')


def make_slots(slots):
    return '{' + ', '.join(str(slots.get(slot, -1) + 1) for slot in range(max(slots) + 1)) + '}'


def make_source(table, extensions):
    def extension(name):
        if name and name not in extensions:
            sys.exit(f'{table.path}: no extension {name!r}')
        return extensions[name] if name else 'TAMIS_EXTENSION_NONE'

    def kind(name):
        return f'TAMIS_SIEVE_TYPE_{c_name(name)}' if name else 'TAMIS_SIEVE_TYPE_NONE'

    out = [f'/* {LICENCE}\n *\n * Made of grammar/sieve/language.table. */\n#include "grammar/sieve/table.h"\n']
    # Commands before tests; words of one name are neighbours, in their order.
    words = sorted(table.words, key=lambda word: (word.kind == 'test', len(word.name), word.name))
    entries = []
    slots_by_names = {(): 'NULL'}
    for index, word in enumerate(words):
        ident = re.sub(r'\W', '_', f'{word.name}_{word.kind}_{index}')
        tags = word.flat_tags()
        names = [tag.name for tag in tags]
        factor, slots = tag_slots_of(names)
        if tuple(names) not in slots_by_names:
            slots_by_names[tuple(names)] = f'slots_of_{ident}'
            out.append(f'static const guint8 slots_of_{ident}[64] = {make_slots(slots)};\n')
        if tags:
            rows = ''.join(f'    {{"{tag.name}", {len(tag.name)}, TAMIS_TAG_{c_name(tag.name)}, {kind(tag.type)}, {extension(tag.extension)}, '
                           f'{tag.group}, {names.index(tag.companion) if tag.companion else -1}}},\n' for tag in tags)
            out.append(f'static const TamisSieveTag tags_of_{ident}[] = {{\n{rows}}};\n')
        if word.parameters:
            rows = ''.join(f'    {{"{name}", {kind(of)}, {str(is_optional).upper()}}},\n'
                           for name, of, is_optional in word.parameters)
            out.append(f'static const TamisSieveParameter parameters_of_{ident}[] = {{\n{rows}}};\n')
        tests = 'LIST' if 'tests' in word.follows else 'ONE' if 'test' in word.follows else 'NONE'
        required = [extension(name) for name in (word.extensions + ['', ''])[:2]]
        entries.append(
            f'    {{"{word.name}", {len(word.name)}, TAMIS_WORD_{c_name(word.name)}, TAMIS_SIEVE_{KINDS[word.kind]}, '
            f'{{{required[0]}, {required[1]}}},\n     {c_string(word.reference)},\n     {c_string(usage(table, word))},\n'
            f'     {f"tags_of_{ident}" if tags else "NULL"}, {slots_by_names[tuple(names)]}, {factor}u, {f"parameters_of_{ident}" if word.parameters else "NULL"}, '
            f'{len(tags)}, {len(word.parameters)}, {sum(not is_optional for _, _, is_optional in word.parameters)}, TAMIS_SIEVE_TESTS_{tests}, {str("block" in word.follows).upper()}, '
            f'{str("comparator" in [tag.name for tag in tags]).upper()}, {str(writes_variables(word)).upper()}}},\n')
    out.append(f'const TamisSieveWord tamis_sieve_words[] = {{\n{"".join(entries)}}};\n')
    out.append(f'const guint16 tamis_sieve_n_words = {len(words)};\n')
    out.append('/* By tamis_sieve_slot of a name: the index of its first word, plus one; 0: none. Commands, then tests. */\n'
               f'const guint8 tamis_sieve_word_slots[2][256] = {{{", ".join(map(make_slots, slots_of(words)))}}};\n')
    relations = [f'    {{{extension(a)}, TAMIS_SIEVE_{verb.upper()}, {extension(b)}}},\n'
                 for a, verb, names in table.relations for b in names]
    out.append(f'const TamisSieveRelation tamis_sieve_relations[] = {{\n{"".join(relations)}}};\n'
               f'const guint16 tamis_sieve_n_relations = {len(relations)};\n')
    return '\n'.join(out)


def make_manual(table):
    out = ['<!-- Made of grammar/sieve/language.table by scripts/sieve-table.py. -->',
           '# The Sieve language', '',
           'Every command, test and tag that Tamis knows, in the notation of the RFCs. In brackets stands what may be left',
           'out; a slash separates what excludes each other. The right column says what to `require`; nothing: it is built in.']
    for title, words in table.sections:
        if not words:
            continue
        out += ['', f'## {title}', '']
        for word in words:
            required = ', '.join(f'`{name}`' for name in word.extensions)
            out += [f'### {word.name} ({word.kind})', '', '```', usage(table, word), '```', '',
                    f'{word.reference}.' + (f' Requires {required}.' if required else '')]
            own = [tag for row in word.rows if not isinstance(row, Set) for tag in row]
            if own or word.parameters:
                out += ['', '| argument | is | require |', '|---|---|---|']
                out += [tag_row(table, tag) for tag in own]
                out += [f'| {name} | {table.types[kind][1]} | |' for name, kind, _ in word.parameters]
            out.append('')
    out += ['', '## Tags that many words take', '']
    for group in table.sets.values():
        out += [f'### {group.name}', '', ('At most one of them: ' if group.one_of else '') + group.text + '.', '',
                '| tag | value | require |', '|---|---|---|']
        out += [tag_row(table, tag) for row in group.rows for tag in row] + ['']
    return re.sub(r'\n{3,}', '\n\n', '\n'.join(out)).rstrip() + '\n'


def companions(table, tag):
    """The companion, and what may stand in its place."""
    for group in table.sets.values():
        names = [other.name for row in group.rows for other in row]
        if group.one_of and tag.companion in names:
            return names
    return [tag.companion]


def tag_row(table, tag):
    value = table.types[tag.type][1] if tag.type else ''
    if tag.companion:
        value = f'{value}; ' if value else ''
        value += f'stands beside {" or ".join(f"`:{name}`" for name in companions(table, tag))}'
    return f'| `:{tag.name}` | {value} | {f"`{tag.extension}`" if tag.extension else ""} |'


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('what', choices=['header', 'source', 'manual'])
    parser.add_argument('output', type=pathlib.Path)
    parser.add_argument('table', type=pathlib.Path)
    parser.add_argument('extensions', type=pathlib.Path, help='grammar/sieve/extension.h')
    options = parser.parse_args()
    table = Table(options.table)
    text = {'header': make_header, 'manual': make_manual}.get(options.what)
    made = text(table) if text else make_source(table, read_extensions(options.extensions))
    options.output.write_text(made, encoding='utf-8')


if __name__ == '__main__':
    main()
