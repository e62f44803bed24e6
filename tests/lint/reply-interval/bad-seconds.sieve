require ["vacation", "vacation-seconds"];
if header :is "subject" "a" {
    vacation :seconds 3600 :addresses "a@acme.example" "Later.";
} elsif header :is "subject" "b" {
    vacation :days 0 :addresses "a@acme.example" "Later.";
} else {
    vacation :seconds 86400 :addresses "a@acme.example" "Later.";
}
