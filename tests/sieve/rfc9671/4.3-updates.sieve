require ["processcalendar", "reject"];

if header :contains "subject" "spam" {
    reject "No.";
} else {
    processcalendar :updatesonly;
}
