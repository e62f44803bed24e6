# options: --server dovecot-2.3
require "ihave";

if not ihave "vnd.nobody.has" {
    keep;
} elsif nobody_knows {
    nobody_does;
} else {
    nobody_does;
}
if allof (exists "a", ihave "vnd.nobody.has", nobody_knows) {
    nobody_does;
}
if anyof (ihave "copy", nobody_knows) {
    redirect :copy "a@acme.example";
}
if not ihave "copy" {
    nobody_does;
}
