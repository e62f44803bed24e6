# The first window lasts an hour into the second one: one offset is an hour off.
require ["vacation", "date", "relational"];

if currentdate :zone "+0000" :value "lt" "date" "2026-12-01" {
    vacation :addresses "a@acme.example" "I am away.";
}
if currentdate :zone "+0100" :value "ge" "date" "2026-12-01" {
    vacation :addresses "a@acme.example" "I have left.";
}
