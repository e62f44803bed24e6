require ["date", "variables", "comparator-i;ascii-numeric"];

if currentdate :zone "+0800" :matches "date" ["2026-1*", "2026-??-0?", "*-12-*", "2026\\-12-*"] { keep; }
if currentdate :zone "+0800" :contains "date" ["2026-12", "-12-", "1"] { keep; }
if currentdate :zone "+0800" :matches "hour" "1?" { keep; }
if currentdate :zone "+0800" :contains "time" ":30:" { keep; }
if currentdate :zone "+0800" :matches "weekday" "?" { keep; }
if currentdate :zone "+0800" :matches "date" "*-*-*" { set "year" "${1}"; }
if currentdate :zone "+0800" :matches "date" "${year}-*" { keep; }

# As numbers, they need no zero in front.
if currentdate :zone "+0800" :comparator "i;ascii-numeric" "hour" ["9", "009", "17"] { keep; }
if currentdate :zone "+0800" :comparator "i;ascii-numeric" "year" "2027" { keep; }
if currentdate :zone "+0800" :comparator "i;ascii-numeric" "julian" "61400" { keep; }
