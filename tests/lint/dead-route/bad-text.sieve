require ["fileinto", "reject"];

if allof (size :over 10K, size :under 5K) {
    discard;
}
if not anyof (true, size :over 1K) {
    fileinto "Never";
}
if header :contains "subject" "order" {
    fileinto "Orders";
    stop;
    keep;
    discard;
} elsif true {
    if size :over 1M {
        reject "Too large.";
        stop;
    } else {
        stop;
    }
    keep;
} else {
    fileinto "Rest";
}
if size :over 2M {
    discard;
}
