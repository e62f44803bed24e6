require "vacation";

vacation :addresses "a@acme.example" :subject "Away
Bcc: all@acme.example" "I am away.";
