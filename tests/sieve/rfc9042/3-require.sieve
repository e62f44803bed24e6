require "mailboxid";
