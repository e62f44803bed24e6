# options: --timezone Europe/Berlin
require ["date", "relational"];

# A date in one test tells nothing of another.
if currentdate :zone "+0100" :value "ge" "date" "2027-02-01" {
    keep;
}
if currentdate :zone "+0100" :value "ge" "hour" "18" {
    discard;
}
# 1 July begins at +0200 there.
if currentdate :zone "+0100" :value "ge" "date" "2027-07-01" {
    discard;
}
if anyof (
    currentdate :zone "+0200" :value "ge" "hour" "18",
    currentdate :zone "-0100" :value "ge" "date" "2027-03-28"
) {
    discard;
}
# Neither day begins at this offset.
if allof (
    currentdate :zone "+0100" :value "ge" "date" "2027-07-01",
    currentdate :zone "+0100" :value "lt" "date" "2027-09-01"
) {
    discard;
}
