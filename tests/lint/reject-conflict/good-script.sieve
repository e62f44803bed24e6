require ["reject", "fileinto"];

if size :over 1M {
    reject "Too large.";
    stop;
}
if header :contains "subject" "order" {
    fileinto "Orders";
}
