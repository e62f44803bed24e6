# options: --timezone Asia/Shanghai
require ["date", "relational"];

# In one zone, known or not, they do not meet.
# tamis: allow zoneless-time because the server is where we are
if allof (
    currentdate :value "ge" "date" "2026-12-24",
    currentdate :value "le" "date" "2026-01-06"
) {
    discard;
}
# tamis: allow zoneless-time because the server is where we are
if allof (
    currentdate :value "lt" "hour" "08",
    currentdate :zone "+0000" :value "ge" "hour" "00",
    currentdate :zone "+0000" :value "lt" "hour" "16"
) {
    discard;
}
