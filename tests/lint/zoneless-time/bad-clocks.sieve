# options: --timezone Europe/Berlin
require ["date", "relational"];
if allof (
    currentdate :value "ge" "date" "2027-03-28",
    currentdate :value "lt" "date" "2027-10-31",
    currentdate :value "lt" "date" "2027-11-01"
) {
    keep;
} elsif currentdate :is "weekday" ["0", "6"] {
    stop;
}
