# As a server runs it for all, before the own scripts.
require "fileinto";
require "mailbox";
require "variables";
require "subaddress";
require "envelope";
require "duplicate";
require "imap4flags";
if header :contains "X-Spam-Flag" "YES" {
  fileinto "Junk";
}
if allof (
  envelope :detail :matches "to" "*",
  header :contains "X-Moo-Tag" "YES",
  mailboxexists "INBOX/${1}"
) {
  fileinto "INBOX/${1}";
} else {
  keep;
}
if duplicate { discard; }
