require ["vnd.cyrus.log", "vnd.cyrus.jmapquery", "vnd.cyrus.imip", "vnd.cyrus.implicit_keep_target",
         "vnd.cyrus.redirect-multiple", "special-use", "mailboxid", "variables"];

implicit_keep_target :specialuse "\\Archive" "Archive";
implicit_keep_target :mailboxid "F6352ae03" "Archive";
if jmapquery text:
{ "from": "a@acme.example" }
.
{
    log "from a";
}
processimip :addresses "a@acme.example" :invitesonly :calendarid "c" :outcome "outcome" :errstr "error";
processimip :updatesonly :deletecanceled;
