require "date";

# Days that are over, one by one.
if currentdate :zone "+0000" :is "date" ["2025-12-24", "2026-11-22"] {
    discard;
} elsif currentdate :zone "+0000" :is "year" "2025" {
    discard;
}
if currentdate :zone "+0000" :matches "date" "2025-12-*" {
    discard;
}
