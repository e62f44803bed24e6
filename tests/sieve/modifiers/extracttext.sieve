require ["variables", "foreverypart", "extracttext", "regex", "enotify"];

foreverypart {
    extracttext :lower "a";
    extracttext :upper :lowerfirst "b";
    extracttext :upperfirst "c";
    extracttext :quotewildcard :first 10 "d";
    extracttext :quoteregex "e";
    extracttext :encodeurl "f";
    extracttext :length "g";
}
