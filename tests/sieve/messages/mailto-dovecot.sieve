# options: --server dovecot-2.3
require ["enotify", "variables"];

notify "mailto:a@acme.example,b@acme.example";
notify "mailto:a@acme.example%2Cb@acme.example?subject=x%20y&cc=c@acme.example";
notify "mailto:a@@acme.example";
notify "mailto:?to=nobody";
notify "mailto:a@acme.example?sub ject=x";
notify "mailto:a@acme.example?subject=x%0Ay";
notify "mailto:a@acme.example?body=x%0Ay";
notify "mailto:a@acme.example?subject=x%2";
notify "mailto:a@acme.example?from=b@acme.example";
notify "mailto:";
notify "MAILTO:?to=a@acme.example";
notify "mailto:${unknown}";
if notify_method_capability "nobody" "online" "yes" { keep; }
