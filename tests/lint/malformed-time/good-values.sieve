require ["date", "relational"];
if currentdate :zone "+0000" :value "ge" "date" "2026-02-28" { keep; }
if date :originalzone :value "ne" "date" "zone" "+0000" { keep; }
if date :originalzone :contains "date" "std11" "Thu" { keep; }
if currentdate :zone "+0000" :matches "date" "2026-*" { keep; }
