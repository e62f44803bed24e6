# options: --server dovecot-2.3
require ["vacation", "enotify", "variables", "comparator-i;ascii-numeric"];

vacation :days 7d :addresses "li@acme.example" "Away.";
vacation :days 2Weeks :addresses "li@acme.example" "Away.";
vacation :days 12h :addresses "li@acme.example" "Away.";
if header :comparator i;ascii-numeric :is "x-priority" "1" {
    keep;
}
if header :is :comparator i;ascii-numeric ["x-priority"] ["1"] {
    keep;
}
set "subject" "An order";
notify :method "mailto" :options "li@acme.example" :low :message "${subject}";
notify :low "mailto:li@acme.example";
