# options: --server cyrus-3.6
require "vacation";
vacation :days 1 :addresses "info@acme.example" "Away.";
vacation :days 100 :addresses "info@acme.example" "Away.";
