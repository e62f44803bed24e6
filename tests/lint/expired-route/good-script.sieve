require ["fileinto", "date", "relational"];

if currentdate :zone "+0000" :value "le" "date" "2026-11-23" {
    fileinto "Today";
}
if currentdate :zone "+0000" :value "lt" "iso8601" "2026-11-23T00:00:01Z" {
    fileinto "A moment of today";
}
