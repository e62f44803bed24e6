# Words of other languages and of forms, with what Sieve has in their place.
forward "x";
send "x";
bounce "x";
move "x";
file "x";
save "x";
store "x";
copy "x";
deliver "x";
delete "x";
remove "x";
drop "x";
flag "x";
reply "x";
autoreply "x";
exit "x";
quit "x";
end "x";
endif "x";
then "x";
switch "x";
while "x";
for "x";
let "x";
var "x";
if and "x" { keep; }
if or "x" { keep; }
if all "x" { keep; }
if any "x" { keep; }
if always "x" { keep; }
if subject "x" { keep; }
if from "x" { keep; }
if to "x" { keep; }
if cc "x" { keep; }
if sender "x" { keep; }
if recipient "x" { keep; }
if contains "x" { keep; }
if is "x" { keep; }
if matches "x" { keep; }
if larger "x" { keep; }
if spam "x" { keep; }
frobnicate "x";
if frobnicate "x" { keep; }
forword "a@acme.example";
