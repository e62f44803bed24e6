require ["fileinto"];
# What leaves no message is shown where it is three tests at most.
if address :domain "from" ["@acme.example", "@acme.cn"] { fileinto "Domain"; }
if not header :matches "subject" "*" {
    if exists "subject" { fileinto "Any"; }
}
if header :contains "subject" "a" {
    stop;
} elsif header :is "from" "b" {
    keep;
} elsif allof (exists "x-c", header :contains "subject" "bad") {
    fileinto "Far";
}
if size :over 2K { if size :over 3K { if size :over 4K { if size :under 1K { fileinto "Two"; } } } }
