# As Nextcloud Mail writes an absence beside what was there.
require "copy";
### Nextcloud Mail: Out of Office ### DON'T EDIT ###
require "date";
require "relational";
require "variables";
require "vacation";
### Nextcloud Mail: Out of Office ### DON'T EDIT ###
require "fileinto";
if address :is :all "from" "boss@acme.example" {
    fileinto "Boss";
}
### Nextcloud Mail: Out of Office ### DON'T EDIT ###
# DATA: {"version":1,"enabled":true,"start":"2026-12-24T00:00:00+01:00","end":"2027-01-03T23:59:59+01:00","subject":"Away","message":"I am away"}
if allof(currentdate :value "ge" "iso8601" "2026-12-23T23:00:00Z", currentdate :value "le" "iso8601" "2027-01-03T22:59:59Z") {
	set "subject" "";
	if header :matches "subject" "*" {
		set "subject" "${1}";
	}
	vacation :days 4 :subject "Re: ${subject}" :addresses ["Anna Meier <anna@acme.example>", "anna@acme.example"] "I am away";
}
### Nextcloud Mail: Out of Office ### DON'T EDIT ###
