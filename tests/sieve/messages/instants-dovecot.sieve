# options: --server dovecot-2.3
require ["date", "relational"];

if currentdate :zone "+0100" :value "ge" "iso8601" "2026-11-23T10:00:00Z" { keep; }
if currentdate :zone "+0100" :value "ge" "iso8601" "2026-11-23T10:00:00+01:00" { keep; }
if currentdate :zone "-0330" :value "ge" "iso8601" "2026-11-23T10:00:00-03:30" { keep; }
if currentdate :zone "-0330" :value "ge" "iso8601" "2026-11-23T10:00:00-03:00" { keep; }
if currentdate :zone "+0000" :value "ge" "iso8601" "2026-11-23T10:00:00Z" { keep; }
if date :originalzone :is "date" "iso8601" "2026-11-23T10:00:00Z" { keep; }
if currentdate :zone "+0000" :value "ge" "iso8601" "2026-11-23T10:00:00+00:00" { keep; }
