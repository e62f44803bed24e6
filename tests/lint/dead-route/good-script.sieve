require ["fileinto", "copy"];

if header :is "subject" "order 42" {
    fileinto "Orders";
    stop;
}
if header :contains "subject" "order" {
    redirect :copy "sales@acme.example";
}
if size :over 2M {
    fileinto "Huge";
} elsif size :over 1M {
    fileinto "Large";
} else {
    keep;
}
