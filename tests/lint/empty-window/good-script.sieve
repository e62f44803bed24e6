require ["fileinto", "date", "relational"];

if allof (
    currentdate :zone "+0100" :value "ge" "date" "2026-12-01",
    currentdate :zone "+0100" :value "le" "date" "2026-12-01"
) {
    fileinto "One day";
}
if anyof (
    currentdate :zone "+0100" :value "ge" "hour" "22",
    currentdate :zone "+0100" :value "lt" "hour" "06"
) {
    fileinto "Night";
}
