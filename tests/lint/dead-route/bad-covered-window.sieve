require ["date", "relational"];

# The branch before it has all of that time, which is no window that was written the wrong way round.
if currentdate :zone "+0000" :value "lt" "date" "2026-12-24" {
    keep;
} elsif currentdate :zone "+0000" :value "lt" "date" "2026-12-20" {
    discard;
}

# Two branches that leave no day.
if currentdate :zone "+0000" :value "lt" "date" "2026-12-24" { stop; }
if currentdate :zone "+0000" :value "gt" "date" "2026-12-20" { stop; }
keep;
