require ["fileinto", "special-use"];

if specialuse_exists ["\\Archive", "\\Junk"] { fileinto :specialuse "\\Archive" "INBOX/Archive"; }
