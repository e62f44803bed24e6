require ["reject", "fileinto"];

if size :over 1M {
    reject "Too large.";
}
if header :contains "subject" "order" {
    fileinto "Orders";
}
