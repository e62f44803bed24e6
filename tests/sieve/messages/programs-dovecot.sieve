# options: --server dovecot-2.3
require ["vnd.dovecot.execute", "vnd.dovecot.report", "variables", "fileinto"];

execute :output;
execute :output ["a", "b"] "seal";
if execute :output {
    keep;
}
execute :output "a" "seal";
execute :output 5 "seal";
report "abuse" "This is spam." "abuse@acme.example";
report "abuse " "This is spam." "abuse@acme.example";
report "not/this" "This is spam." "abuse@acme.example";
set "program" "seal";
execute "${program}";
if execute "x${1}" {
    keep;
}
execute "$program" "${program}";
