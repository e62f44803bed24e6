require ["regex", "variables"];

if header :regex :comparator "i;ascii-casemap" "subject" "^\\[([a-z]+)\\] (.*)$" { set :quoteregex "list" "${1}"; }
