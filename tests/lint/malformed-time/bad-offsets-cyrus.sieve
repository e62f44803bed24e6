# options: --server cyrus-3.6
require ["date", "relational"];
if date :zone "+0530" :value "lt" "date" "iso8601" "2026-11-24T00:00:00Z" { discard; }
if date :zone "+0000" :value "lt" "date" "iso8601" "2026-11-24T00:00:00+05:30" { discard; }
if date :zone "+0530" :value "lt" "date" "iso8601" "2026-11-24T00:00:00+01:00" { discard; }
if date :zone "+0530" :value "lt" "date" "iso8601" "2026-11-24T00:00:00+05:30" { discard; }
if date :zone "+0000" :value "lt" "date" "iso8601" "2026-11-24T00:00:00Z" { discard; }
