# Tags of other languages and of forms, with what Sieve has in their place.
require ["vacation", "fileinto", "include", "date", "duplicate"];
if header :equals "subject" "x" { keep; }
if header :equal "subject" "x" { keep; }
if header :eq "subject" "x" { keep; }
if header :exact "subject" "x" { keep; }
if header :startswith "subject" "x" { keep; }
if header :begins "subject" "x" { keep; }
if header :endswith "subject" "x" { keep; }
if header :ends "subject" "x" { keep; }
if header :like "subject" "x" { keep; }
if header :glob "subject" "x" { keep; }
if header :wildcard "subject" "x" { keep; }
if header :includes "subject" "x" { keep; }
if header :has "subject" "x" { keep; }
if header :ge "subject" "x" { keep; }
if header :gt "subject" "x" { keep; }
if header :le "subject" "x" { keep; }
if header :lt "subject" "x" { keep; }
if header :ne "subject" "x" { keep; }
if header :casesensitive "subject" "x" { keep; }
if header :caseinsensitive "subject" "x" { keep; }
if header :ignorecase "subject" "x" { keep; }
if header :nocase "subject" "x" { keep; }
if size :greater 10K { keep; }
if size :larger 10K { keep; }
if size :bigger 10K { keep; }
if size :above 10K { keep; }
if size :gt 10K { keep; }
if size :less 10K { keep; }
if size :smaller 10K { keep; }
if size :below 10K { keep; }
if size :lt 10K { keep; }
if size :value 10K { keep; }
vacation :message "x";
vacation :reason "x";
vacation :text "x";
vacation :body "x";
fileinto :folder "x";
fileinto :mailbox "x";
redirect :to "a@acme.example";
redirect :address "a@acme.example";
redirect :keep "a@acme.example";
include :private "x";
include :public "x";
if duplicate :hours 1 { keep; }
if duplicate :minutes 1 { keep; }
vacation :week 1 "x";
vacation :month 1 "x";
vacation :interval 1 "x";
vacation :period 1 "x";
if duplicate :weeks 1 { keep; }
fileinto :froth "x";
