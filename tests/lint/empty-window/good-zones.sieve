require ["date", "relational"];

# Where the server's zone is not known, it may be one in which these meet: in Shanghai it is 18:00 at 10:00 UTC.
# tamis: allow zoneless-time because the server is where we are
if allof (
    currentdate :value "ge" "hour" "18",
    currentdate :zone "+0000" :value "lt" "hour" "12"
) {
    discard;
}
# tamis: allow zoneless-time because the server is where we are
if allof (
    currentdate :value "ge" "date" "2026-12-01",
    currentdate :zone "+0000" :value "lt" "date" "2026-12-01"
) {
    discard;
}

# A day is a window too.
if allof (
    currentdate :zone "+0000" :value "ge" "date" "2026-12-24",
    currentdate :zone "+0000" :value "le" "date" "2026-12-24"
) {
    discard;
}
