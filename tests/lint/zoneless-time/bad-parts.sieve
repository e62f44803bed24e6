require ["date", "relational"];

# A day, and the minute where half an hour is between zones. The header's own zone is asked by :originalzone.
if currentdate :value "ge" "julian" "61500" {
    discard;
}
if currentdate :value "ge" "minute" "30" {
    discard;
}
if date :is "date" "zone" "+0800" {
    discard;
}
