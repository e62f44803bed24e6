# As it was written when drafts were new.
require ["fileinto","reject","imapflags","notify"];
#
# Anna's script
#
if header :contains "Sender" "owner-list@acme.example" { fileinto "list"; }
elsif address :domain :is ["From","To"] "acme.example" { keep; }
elsif anyof (not address :all :contains ["To","Cc","Bcc"] "anna@acme.example", header :matches "subject" ["*make*money*fast*","*university*dipl*mas*"]) { fileinto "spam"; }
else { fileinto "personal"; setflag "\\seen"; }
notify :method "mailto" :options "a@b.example" :message "$from$: $subject$";
