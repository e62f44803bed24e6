require ["copy", "reject"];

# Whoever wrote it has it back; that the run fails is another finding.
if header :is "X-Queue" "closed" { reject "This queue is closed."; }
if header :contains "subject" "invoice" { redirect :copy "billing@partner.example"; }
