require ["vnd.dovecot.report", "vnd.dovecot.debug", "vnd.dovecot.environment", "vnd.dovecot.imapsieve", "environment",
         "variables"];

if environment :matches "vnd.dovecot.username" "*" { set "user" "${1}"; }
report :headers_only "abuse" "This is spam." "abuse@acme.example";
debug_log "${user} was here";
