# A message that is thrown away is not delivered; the tests of the rest exclude each other.
require ["reject", "fileinto"];

if anyof (header :is "subject" "x", size :over 10K) {
    reject "No.";
    discard;
}
if not anyof (size :over 10K, header :is "subject" "X") {
    fileinto "Rest";
}
