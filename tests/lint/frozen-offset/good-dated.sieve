# options: --timezone Europe/Berlin
require ["date", "relational"];

# Each offset for its part of the year.
if anyof (
    allof (
        anyof (
            currentdate :zone "-0100" :value "lt" "date" "2027-03-28",
            currentdate :zone "-0100" :value "ge" "date" "2027-10-31"
        ),
        currentdate :zone "+0100" :value "ge" "hour" "18"
    ),
    allof (
        currentdate :zone "-0100" :value "ge" "date" "2027-03-28",
        currentdate :zone "-0100" :value "lt" "date" "2027-10-31",
        currentdate :zone "+0200" :value "ge" "hour" "18"
    )
) {
    discard;
}

# The same by branches, and days that begin as the zone has them.
if currentdate :zone "+0100" :value "lt" "date" "2027-03-28" {
    if currentdate :zone "+0100" :value "ge" "hour" "18" { discard; }
} elsif currentdate :zone "+0200" :value "ge" "hour" "18" {
    discard;
}
if currentdate :zone "+0200" :value "ge" "date" "2027-07-01" {
    discard;
}

# Days off, at the offset of the part of the year.
if allof (
    anyof (
        currentdate :zone "-0100" :value "lt" "date" "2027-03-28",
        currentdate :zone "-0100" :value "ge" "date" "2027-10-31"
    ),
    not currentdate :zone "+0100" :is "date" ["2027-05-01", "2027-12-24"]
) {
    discard;
}
