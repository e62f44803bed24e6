require [fileinto, "variables"];
require "date,relational";
require ["vacation"; "imap4flags"];
if header :contains "subject" "a": discard;
if header: contains "subject" "a" { discard; }
if header :contains: "subject" "a" { discard; }
if header : contains "subject" "a" { discard; }
if header :contains "subject", "a" { discard; }
if header :contains subject "a" { discard; }
if header :equals "subject" "a" { discard; }
if header :Equal "subject" "a" { discard; }
if header :eq "subject" "a" { discard; }
if header :startsWith "subject" "a" { discard; }
if header :begins "subject" "a" { discard; }
if header :endswith "subject" "a" { discard; }
if header :ends "subject" "a" { discard; }
if header :like "subject" "a" { discard; }
if header :glob "subject" "a" { discard; }
if header :includes "subject" "a" { discard; }
if header :has "subject" "a" { discard; }
if anyof (header :is "a" "b"; header :is "c" "d") { keep; }
if size :over 1.5M { discard; }
if size :over 10 M { discard; }
if currentdate :value ge "date" "2026-12-24" { keep; }
fileinto ("Orders");
vacation(:days 7, "Away.");
keep();
redirect <li@acme.example>;
redirect ???;
redirect "mailto:li@acme.example";
set name "value";
set "name" = "value";
$name = "value";
-- a comment
keep;
<!-- another -->
keep;
*/
keep;
import "fileinto";
if true { keep; } or { stop; }
if true { keep; } and { stop; }
vacation text
.
;
keep;
