require ["vnd.dovecot.pipe", "vnd.dovecot.filter", "vnd.dovecot.execute", "copy", "variables"];

if filter "gate" ["a", "b"] {
    pipe :copy :try "archive" "c";
}
filter "stamp";
if execute :input "text" :output "answer" "ask" { stop; }
if execute :pipe "ask" "d" { stop; }
execute :pipe :output "answer" "ask";
execute :input "text" "ask" ["e"];
