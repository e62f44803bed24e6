require "date";
# tamis: allow malformed-time because errors can be allowed too
if currentdate :zone "+0000" :is "hour" "9" { keep; }
# tamis: allow forward-loop because what the script does is not looked at while it has a fault
keep;
# tamis: allow xyzzy because it is no finding
keep
