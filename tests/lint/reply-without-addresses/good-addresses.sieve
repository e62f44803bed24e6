require "vacation";
vacation :addresses "info@acme.example" "Away.";
