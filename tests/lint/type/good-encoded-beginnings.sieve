# options: --server cyrus-3.6
require ["fileinto", "encoded-character"];
if header :is "subject" "${:41} ${hex:41}" {
    fileinto "${h:41}";
}
