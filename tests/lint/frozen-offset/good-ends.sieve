# options: --timezone Europe/Berlin
require ["date", "relational"];

# On the day of the change both offsets are right.
if anyof (
    allof (
        currentdate :zone "+0100" :value "lt" "date" "2027-03-28",
        currentdate :zone "+0100" :value "ge" "hour" "18"
    ),
    allof (
        currentdate :zone "+0200" :value "ge" "date" "2027-03-28",
        currentdate :zone "+0200" :value "ge" "hour" "18"
    )
) {
    discard;
}

# An instant has its own offset, and years begin in winter.
if allof (
    currentdate :zone "+0100" :value "lt" "iso8601" "2027-07-01T00:00:00+01:00",
    currentdate :zone "+0100" :is "year" "2027"
) {
    discard;
}

# Months, and days by their number.
if allof (
    currentdate :zone "+0100" :is "month" ["12", "01", "02"],
    currentdate :zone "+0100" :value "ge" "hour" "18"
) {
    discard;
}
if allof (
    currentdate :zone "+0100" :value "ge" "julian" "61375",
    currentdate :zone "+0100" :value "lt" "hour" "09"
) {
    discard;
}

# A window that is written in pieces, each for its part of the year.
if anyof (
    allof (
        currentdate :zone "-0100" :value "lt" "date" "2027-03-28",
        currentdate :zone "+0100" :value "ge" "date" "2027-03-01",
        currentdate :zone "+0100" :value "lt" "date" "2027-07-01"
    ),
    allof (
        currentdate :zone "-0100" :value "ge" "date" "2027-03-28",
        currentdate :zone "+0200" :value "ge" "date" "2027-03-01",
        currentdate :zone "+0200" :value "lt" "date" "2027-07-01"
    )
) {
    discard;
}

# What the first part of the year ends, the second one comes behind.
if currentdate :zone "+0100" :value "lt" "date" "2027-03-28" {
    if currentdate :zone "+0100" :value "ge" "hour" "18" { discard; }
    stop;
}
if currentdate :zone "+0200" :value "ge" "hour" "18" {
    discard;
}
