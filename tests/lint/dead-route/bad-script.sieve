require ["fileinto", "copy"];

if header :contains "subject" "order" {
    fileinto "Orders";
    stop;
}
if header :is "subject" "order 42" {
    redirect :copy "sales@acme.example";
}
if allof (size :over 10K, size :under 5K) {
    fileinto "Odd";
}
if size :over 1M {
    fileinto "Large";
} elsif size :over 2M {
    fileinto "Huge";
}
