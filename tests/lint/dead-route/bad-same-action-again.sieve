require ["copy", "fileinto"];
# A command that does what an earlier one has done is out of reach all the same.
redirect :copy "a@out.example";
if allof (header :is "subject" "a", header :is "subject" "b") { redirect :copy "a@out.example"; }
fileinto :copy "Lists";
if header :contains "subject" "x" {
    discard;
    stop;
}
if header :is "subject" "xy" { fileinto :copy "Lists"; discard; }
keep;
