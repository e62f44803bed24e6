require ["fileinto", "encoded-character"];
if header :is "subject" "${:41}" {
    fileinto "${h:41}";
} elsif header :is "subject" "${UNI:41 42}" {
    fileinto "${unicode:110000}";
} else {
    fileinto "${u:110000}${hexa:41}${x:41}";
}
