# options: --server dovecot-2.3
if not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not header "subject" "x" { discard; }
