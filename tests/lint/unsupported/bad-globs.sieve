require ["fileinto"];

if header :matches "Subject" ["INV-????-*", "*[??]*", "plain*"] {
    fileinto "Invoices";
} elsif address :matches :localpart "from" "*?bounce" {
    fileinto "Bounces";
}
