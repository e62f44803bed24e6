require ["date", "relational", "comparator-i;ascii-numeric"];
if currentdate :zone "+0000" "date" "2026-2-30" { keep; }
if currentdate :zone "+0000" "weekday" "7" { keep; }
if currentdate :zone "+0000" :value "ge" :comparator "i;ascii-numeric" "date" "2026-01-01" { keep; }
if currentdate :zone "+0000" "month" "13" { keep; }

if currentdate :zone "+0000" :is "weekday" ["Monday", "thu", "Saturn"] { stop; }
if currentdate :zone "+0000" :is "month" ["May", "Sept"] { stop; }
if currentdate :zone "+0000" :is "date" ["24.12.2026", "2026/12/24", "20261224", "24/12/2026", "30.2.2026"] { stop; }
