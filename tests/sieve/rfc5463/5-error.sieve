require "ihave";

if not ihave "fileinto" { error "There is no 'fileinto' here: überprüfen."; }
