# options: --timezone Europe/Berlin
require ["date", "relational"];

# A window from winter into summer ends an hour late.
if allof (
    currentdate :zone "+0100" :value "ge" "date" "2026-12-01",
    currentdate :zone "+0100" :value "lt" "date" "2027-07-01"
) {
    discard;
}

# A year has both offsets, and these months have the other one.
if allof (
    currentdate :zone "+0100" :is "year" "2027",
    currentdate :zone "+0100" :value "ge" "hour" "18"
) {
    discard;
}
if allof (
    currentdate :zone "+0100" :is "month" ["04", "05"],
    currentdate :zone "+0100" :value "ge" "hour" "18"
) {
    discard;
}
if currentdate :zone "+0100" :value "ge" "julian" "61600" {
    discard;
}

# Without a stop, all of the year comes here.
if currentdate :zone "+0100" :value "lt" "date" "2027-03-28" {
    keep;
}
if currentdate :zone "+0200" :value "ge" "hour" "18" {
    discard;
}
