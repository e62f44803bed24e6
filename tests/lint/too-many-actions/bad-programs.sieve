# A message that is piped is an action, whether a copy stays or not; so is one that is thrown away.
require ["fileinto", "copy", "vnd.dovecot.pipe"];

fileinto :copy "Box01";
fileinto :copy "Box02";
fileinto :copy "Box03";
fileinto :copy "Box04";
fileinto :copy "Box05";
fileinto :copy "Box06";
fileinto :copy "Box07";
fileinto :copy "Box08";
fileinto :copy "Box09";
fileinto :copy "Box10";
fileinto :copy "Box11";
fileinto :copy "Box12";
fileinto :copy "Box13";
fileinto :copy "Box14";
fileinto :copy "Box15";
fileinto :copy "Box16";
fileinto :copy "Box17";
fileinto :copy "Box18";
fileinto :copy "Box19";
fileinto :copy "Box20";
fileinto :copy "Box21";
fileinto :copy "Box22";
fileinto :copy "Box23";
fileinto :copy "Box24";
fileinto :copy "Box25";
fileinto :copy "Box26";
fileinto :copy "Box27";
fileinto :copy "Box28";
fileinto :copy "Box29";
fileinto :copy "Box30";
fileinto :copy "Box31";
pipe :copy "tickets";
if header :contains "subject" "order" {
    discard;
}
