# options: --server dovecot-2.3
# One cause, one finding: bytes come before what they stand in.
redirect "ÿ@b.example";
redirect "a@bÿ@c";
redirect "a@b.example";
if header "aÿ" "b" { stop; }
if header "a" "b" { stop; }
