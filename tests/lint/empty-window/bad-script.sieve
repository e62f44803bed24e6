require ["fileinto", "date", "relational"];

if allof (
    currentdate :zone "+0100" :value "ge" "date" "2026-12-24",
    currentdate :zone "+0100" :value "lt" "date" "2026-12-01"
) {
    fileinto "Holidays";
    discard;
}
if currentdate :zone "+0100" :value "ge" "hour" "22" {
    if currentdate :zone "+0100" :value "lt" "hour" "06" {
        fileinto "Night";
    }
}
