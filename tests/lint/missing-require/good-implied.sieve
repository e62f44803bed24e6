require "vacation-seconds";
vacation :days 3 :addresses "info@acme.example" "Away.";
