require ["date", "relational"];
if currentdate :zone "+0800" :value "ge" "std11" "Thu, 24 Dec 2026 00:00:00 +0800" { keep; }
if date :originalzone :value "lt" "date" "zone" "+0000" { keep; }
