# options: --server dovecot-2.3
require ["duplicate", "vacation"];
if duplicate :seconds 172800 { keep; }
if duplicate :seconds 172801 { keep; }
vacation :addresses "li@acme.example" :days 0 "away";
forward "x";
