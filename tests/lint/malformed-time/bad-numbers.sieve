require ["date", "comparator-i;ascii-numeric"];

# Numbers that no clock shows, and words, which are more than any number.
if currentdate :zone "+0800" :comparator "i;ascii-numeric" "hour" "24" { keep; }
if currentdate :zone "+0800" :comparator "i;ascii-numeric" "weekday" ["0", "07"] { keep; }
if currentdate :zone "+0800" :comparator "i;ascii-numeric" "month" ["00", "January"] { keep; }
if currentdate :zone "+0800" :comparator "i;ascii-numeric" "julian" "today" { keep; }
