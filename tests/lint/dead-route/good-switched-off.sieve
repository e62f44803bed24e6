require ["variables", "fileinto", "vnd.dovecot.filter"];
set "vacation" "off";
if string "${vacation}" "on" { fileinto "Away"; }
if false { fileinto "Off"; }
if filter "sign" {
    fileinto "Signed";
} else {
    fileinto "Unsigned";
}
keep;
if header :is "subject" "a" { keep; }
