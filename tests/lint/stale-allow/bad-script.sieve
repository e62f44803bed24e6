# tamis: allow zoneless-time because the server is in Berlin
require ["date", "relational"];

if currentdate :value "ge" "date" "2026-12-24" {
    keep;
}
