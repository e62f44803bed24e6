require ["date", "relational"];

# No date looks like these.
if currentdate :zone "+0800" :matches "date" ["2026-1-*", "*/12/*", "*-*-*-*"] { keep; }
if currentdate :zone "+0800" :contains "date" ["2026/12", "-1-"] { keep; }
if currentdate :zone "+0800" :matches "hour" "?" { keep; }
if currentdate :zone "+0800" :matches "weekday" "[1-5]*" { keep; }
