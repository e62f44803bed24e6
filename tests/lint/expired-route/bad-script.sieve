require ["fileinto", "copy", "date", "relational"];

if currentdate :zone "+0000" :value "le" "date" "2026-11-22" {
    redirect :copy "anna@acme.example";
    fileinto "Handover";
}
if allof (
    currentdate :zone "+0000" :value "ge" "date" "2025-12-24",
    not currentdate :zone "+0000" :value "ge" "iso8601" "2026-01-02T18:00:00Z"
) {
    fileinto "Holidays";
}
