# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random scripts, judged by Tamis and by the engines: the same verdict, or a difference that is known and reviewed
(tests/differential/known.toml). By hand, any number: tests/differential/run.py."""

from differential import compare, expressions, focus, generator, judges
from kinds import Case, Failure

BATCHES, BATCH = 4, 5000
SEED = "ci"
SHOWN = 8


def pigeonhole(context, folder, build):
    _, by_setting = compare.read_server(context.root, "dovecot-2.3")
    return judges.pigeonhole(folder, by_setting), None


def cyrus(context, folder, build):
    engine = judges.cyrus(folder, build / "tests" / "engines" / "cyrus-judge")
    return engine, lambda text: judges.cyrus_sievec(folder, text)


ENGINES = (("dovecot-2.3", pigeonhole), ("cyrus-3.6", cyrus))


def check(server, open_engine, number):
    def run(context):
        build = context.plain or context.build  # sanitizers say nothing new here, and take ten times as long
        folder = context.folder()
        engine, confirm = open_engine(context, context.folder(), build)
        found, counts = compare.judge(context.root, build / "cli" / "tamis", server, engine, SEED, number * BATCH,
                                      BATCH, 1, folder, confirm)
        if counts[("accepted", "accepted")] < BATCH // 4 or counts[("refused", "refused")] < BATCH // 4:
            raise Failure(f"the scripts are no mixture any more: {dict(counts)}")
        new = compare.sort_out(found, compare.load_known(context.tests / "differential" / "known.toml"),
                               lambda texts: zip(*compare.ask_both(build / "cli" / "tamis", server, engine, 1, folder, texts)))
        if new:
            shortest = sorted(new, key=lambda difference: len(difference.text))[:SHOWN]
            raise Failure(f"{len(new)} differences that nobody knows, such as\n" +
                          "\n".join(difference.show() for difference in shortest))
    return run


# What a server lacks though it has the extension.
LACKS = {
    "dovecot-2.3": {"set (variables) :quoteregex", "extracttext (extracttext) :quoteregex"},
    "cyrus-3.6": {"global (include variables)", "processimip (vnd.cyrus.imip) :addresses"},
}
VARIANTS = 5


def check_table(server, open_engine):
    """Each word and tag of the table stands in a script that Tamis and the engine both take, so that the scripts above
    are not blind to any."""
    def run(context):
        build = context.plain or context.build
        folder = context.folder()
        engine, _ = open_engine(context, context.folder(), build)
        extensions, _ = compare.read_server(context.root, server)
        tried = focus.right(generator.load_table(context.root), extensions, SEED, VARIANTS)
        texts = [text for _, variants in tried for text in variants]
        ours = judges.tamis(build / "cli" / "tamis", server, texts, 1, folder)
        theirs = [engine.judge(text) for text in texts]
        engine.stop()
        taken = {name for index, (name, _) in enumerate(tried)
                 for tamis, other in list(zip(ours, theirs))[index * VARIANTS:(index + 1) * VARIANTS]
                 if tamis.outcome != "refused" and other.outcome == "accepted"}
        missing = {name for name, _ in tried} - taken
        if missing != LACKS[server]:
            raise Failure(f"no script is taken of {sorted(missing - LACKS[server])}; "
                          f"one is of {sorted(LACKS[server] - missing)}")
    return run


# What of the table an engine is asked; and what a comparator makes of the letters of a range.
EXPRESSIONS = {"dovecot-2.3": (expressions.posix, [":regex", ':comparator "i;octet" :regex']),
               "cyrus-3.6": (expressions.expressions, [":regex"])}


def check_expressions(server, open_engine):
    """Regular expressions by the table, of which no difference is known: a third of them, always the same, which meets
    every place and nearly every sign."""
    def run(context):
        build = context.plain or context.build
        folder = context.folder()
        engine, _ = open_engine(context, context.folder(), build)
        make, tags = EXPRESSIONS[server]
        texts = [expressions.script(one, tags[number % len(tags)]) for number, one in enumerate(make()[::3])]
        ours, theirs = compare.ask_both(build / "cli" / "tamis", server, engine, 1, folder, texts)
        differ = [f"{compare.kind_of(tamis, other)}: {text.decode().splitlines()[1]}"
                  for text, tamis, other in zip(texts, ours, theirs) if compare.kind_of(tamis, other)]
        if differ:
            raise Failure(f"{len(differ)} of {len(texts)} are judged differently, such as\n" + "\n".join(differ[:SHOWN]))
    return run


def check_printing(context):
    """Cyrus's lexer of addresses prints what it does not know: that is no answer, and no end."""
    engine, _ = cyrus(context, context.folder(), context.plain or context.build)
    verdicts = [engine.judge(text) for text in (b"redirect text:\n(a\n.\n;\n", b"keep;\n")]
    engine.stop()
    if verdicts[0].outcome != "refused" or not verdicts[0].said or verdicts[1] != judges.Verdict("accepted", []):
        raise Failure(f"the judge says {verdicts}")


def discover(tests):
    return [Case(f"differential/{server}/{number}", check(server, open_engine, number))
            for server, open_engine in ENGINES for number in range(BATCHES)] + \
           [Case(f"differential/{server}/table", check_table(server, open_engine)) for server, open_engine in ENGINES] + \
           [Case(f"differential/{server}/expressions", check_expressions(server, open_engine))
            for server, open_engine in ENGINES] + \
           [Case("differential/cyrus-3.6/printing", check_printing)]
