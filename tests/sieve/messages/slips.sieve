require ["imap4flags", "vacation"];
vacation :day 7 :addresses "a@acme.example" "x";
vacation :adresses "a@acme.example" "x";
addflag "\\Sen";
addflag "\\Recent";
# tamis: allow unused-require because
keep;
