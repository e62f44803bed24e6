require "mboxmetadata";

if metadataexists "INBOX" ["/private/comment", "/shared/comment"] { keep; }
