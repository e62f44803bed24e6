require "vacation";
vacation :days 1 :addresses "info@acme.example" "Away.";
