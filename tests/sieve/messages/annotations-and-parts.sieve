# Names of annotations that no mailbox has, and parts of dates that nothing equals.
require ["mboxmetadata", "servermetadata", "mailbox", "date", "variables"];
if metadata "INBOX" "/private//comment" "x" { keep; }
if metadata "INBOX" "/private/*" "x" { keep; }
if metadata "INBOX" "/private/%" "x" { keep; }
if metadata "INBOX" "/private/café" "x" { keep; }
if metadata "INBOX" "/private/comment/" "x" { keep; }
if metadata "INBOX" "private/comment" "x" { keep; }
if servermetadata "/elsewhere/comment" "x" { keep; }
if metadataexists "INBOX" ["/private/comment", "/shared/*"] { keep; }
if servermetadataexists "/privately" { keep; }
if currentdate :zone "+0100" "year" "26" { keep; }
if currentdate :zone "+0100" "month" "0" { keep; }
if currentdate :zone "+0100" "month" "13" { keep; }
if currentdate :zone "+0100" "day" "1" { keep; }
if currentdate :zone "+0100" "day" "32" { keep; }
if currentdate :zone "+0100" "date" "2026-2-3" { keep; }
if currentdate :zone "+0100" "date" "2026-02-30" { keep; }
if currentdate :zone "+0100" "julian" "x" { keep; }
if currentdate :zone "+0100" "hour" "7" { keep; }
if currentdate :zone "+0100" "hour" "24" { keep; }
if currentdate :zone "+0100" "minute" "5" { keep; }
if currentdate :zone "+0100" "minute" "60" { keep; }
if currentdate :zone "+0100" "second" "5" { keep; }
if currentdate :zone "+0100" "second" "61" { keep; }
if currentdate :zone "+0100" "time" "7:00" { keep; }
if currentdate :zone "+0100" "iso8601" "2026-02-03" { keep; }
if currentdate :zone "+0100" "std11" "2026-02-03" { keep; }
if currentdate "zone" "CET" { keep; }
if currentdate :zone "+0100" "weekday" "7" { keep; }
if currentdate :zone "+0100" "weekday" "Monday" { keep; }
if header "subject" ["a", keep] { keep; }
