require ["ereject", "processcalendar", "reject"];

# RFC 9671, section 4.9: once in a script, and beside no rejection
if header :contains "subject" "itinerary" {
    processcalendar :allowpublic;
}
processcalendar;
if header :contains "subject" "invitation" {
    processcalendar;
} else {
    ereject "No.";
}
reject "No.";
stop;
