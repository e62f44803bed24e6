# As the filter rules of Roundcube are written, with two that are switched off.
require ["body","copy","date","enotify","envelope","fileinto","imap4flags","regex","relational","reject","vacation","variables"];
# rule:[Spam]
if header :contains "X-Spam-Flag" "YES"
{
	fileinto "Junk";
	stop;
}
# rule:[Off]
if false # allof (header :contains "subject" "old")
{
	discard;
}
# rule:[Colleagues]
if anyof (header :contains "from" "@acme.example", header :regex "subject" "^\\[acme\\]")
{
	addflag ["\\Flagged","work"];
	fileinto "INBOX.Work";
	stop;
}
# rule:[Forward]
if true
{
	redirect :copy "anna@private.example";
}
# rule:[Big]
if false # size :over 10M
{
	reject text:
Too big.
..dotted
.
;
}
# rule:[Body]
if body :text :contains "unsubscribe"
{
	setflag "\\Seen";
}
# rule:[Notify]
if header :is "Importance" "high"
{
	notify :importance "1" :message "Mail from ${from}" "mailto:anna@phone.example";
}
# rule:[Vacation]
if allof (currentdate :zone "+0100" :value "ge" "iso8601" "2026-12-24T00:00:00+01:00", currentdate :zone "+0100" :value "le" "iso8601" "2027-01-03T23:59:59+01:00")
{
	vacation :days 1 :addresses ["anna@acme.example","a.meier@acme.example"] :from "Anna Meier <anna@acme.example>" :subject "Away" text:
I am away.
.
;
}
