require ["fileinto", "ihave"];

# Switched off.
if false {
    fileinto "Later";
}
if ihave "vnd.example.none" {
    fileinto "Elsewhere";
}
if header :contains "subject" "order" {
    fileinto "Orders";
    stop;
} elsif size :over 1M {
    stop;
}
discard;
if size :over 2K {
    discard;
}
