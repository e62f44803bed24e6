require ["fileinto", "fileinto"];
require ["spamtest", "spamtestplus", "imap4flags", "imapflags", "ihave"];
require "fileinto";

if ihave "variables" { keep; }
if hasflag { keep; }
