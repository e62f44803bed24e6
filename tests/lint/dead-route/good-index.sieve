require ["index", "fileinto", "copy"];

# The first and the second are not the same field.
if allof (header :index 1 :contains "received" "mx1.acme.example",
    not header :index 2 :contains "received" "mx1.acme.example") {
    fileinto :copy "Direct";
}
if allof (header :index 1 :last :is "x-team" "a", header :index 1 :is "x-team" "b") {
    fileinto :copy "Moved";
}
