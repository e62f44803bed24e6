require ["date", "relational"];

# What they are compared with has a zone: an absence as mail clients write it.
if allof (
    currentdate :value "ge" "iso8601" "2026-12-23T23:00:00Z",
    currentdate :value "le" "iso8601" ["2027-01-03T22:59:59-05:30"]
) {
    keep;
}
# Two of them, or none.
if anyof (
    currentdate :is "iso8601" ["2026-12-23T23:00:00+01:00", "2026-12-23T23:00:00+02:00"],
    currentdate :is "iso8601" ["2026-12-23T23:00:00+01:00", "2026-12-24T23:00:00+01:00"],
    currentdate :contains "iso8601" "-12-23T"
) {
    discard;
}
