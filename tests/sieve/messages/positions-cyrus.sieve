# options: --server cyrus-3.6
require ["index", "editheader"];
if header :index 0 "subject" "x" { deleteheader :index 0 "subject"; }
if header :index 0 :last "subject" "x" { deleteheader :index 0 :last "subject"; }
