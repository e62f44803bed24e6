require ["replace", "variables"];

replace :mime :subject "Replaced" :from "postmaster@example.com" text:
Content-Type: text/plain

It is gone.
.
;
