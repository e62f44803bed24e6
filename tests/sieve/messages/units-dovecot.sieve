# options: --server dovecot-2.3
require ["duplicate", "vacation", "vacation-seconds"];
vacation :addresses "li@acme.example" :days 7x "away";
if duplicate :seconds 2hrs { stop; }
if duplicate :seconds 90m { stop; }
if duplicate :minutes 90 { stop; }
vacation :addresses "li@acme.example" :days 12h "away";
vacation :addresses "li@acme.example" :days 36hours "away";
vacation :addresses "li@acme.example" :seconds 2weeks "away";
vacation :addresses "li@acme.example" :weeks 2 "away";
vacation :addresses "li@acme.example" :days=7 "away";
vacation :addresses "li@acme.example" :days: 7 "away";
vacation :addresses "li@acme.example" :days "7" "away";
vacation :addresses "li@acme.example" :days "7d" "away";
if size :over 10MB { stop; }
if size :over 1tb { stop; }
if size :over 500bytes { stop; }
if size :over "10M" { stop; }
if size :over 18446744073709551615GB { stop; }
if size :over 10Mbit { stop; }
