require "date";
# tamis: allow malformed-time because errors can be allowed too
if currentdate :zone "+0000" :is "hour" "9" { keep; }
# tamis: allow forward-loop because what the script does is not looked at while it has a fault
keep;
# tamis: allow xyzzy because it is no finding
keep

# tamis: allow spf-breakage because x until 2026-01-01
keep;
# tamis: allow spf-breakage because x # tamis: allow dead-route because y
keep;
# tamis allow spf-brekage because the colon is forgotten
keep;
/* tamis: allow spf-breakage because x
 * tamis: allow spf-breakage
 */
keep;
#	tamis:	allow	spf-breakage	until	2026-02-30	because	x
keep;
vacation "
# tamis: allow xyzzy because this is no comment
";
vacation text:
# tamis: allow xyzzy because this is none either
.
;
