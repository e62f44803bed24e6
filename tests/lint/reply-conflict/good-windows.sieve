# An hour lies between the windows; senders and addresses exclude each other.
require ["vacation", "date", "relational"];

if currentdate :zone "+0100" :value "lt" "date" "2026-12-01" {
    if address :domain "from" "a.example" {
        vacation :addresses "a@acme.example" "I am away.";
    } elsif address :is "from" "x@b.example" {
        vacation :addresses "a@acme.example" "I am away, too.";
    }
}
if currentdate :zone "+0000" :value "ge" "date" "2026-12-01" {
    vacation :addresses "a@acme.example" "I have left.";
}
