# options: --server cyrus-3.6
require ["redirect-dsn", "redirect-deliverby", "variables", "date"];

redirect :notify "NEVER" "a@acme.example";
redirect :notify "success, DELAY" "a@acme.example";
redirect :notify "NEVER,SUCCESS" "a@acme.example";
redirect :notify "SOMETIMES" "a@acme.example";
redirect :notify "" "a@acme.example";
redirect :ret "" "a@acme.example";
redirect :bytimeabsolute "2026-11-23T10:00:00Z" "a@acme.example";
redirect :bytimeabsolute "2026-11-23T10:00:00.5+08:00" "a@acme.example";
redirect :bytimeabsolute "2026-11-23t10:00:00z" "a@acme.example";
redirect :bytimeabsolute "2026-11-23" "a@acme.example";
set "part" "hour";
if currentdate :zone "+0800" "${part}" "09" { keep; }
if exists "a b" { keep; }
vacation TEXT:
x
.
;
