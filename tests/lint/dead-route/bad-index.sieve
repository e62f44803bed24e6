require ["index", "fileinto", "copy", "relational", "comparator-i;ascii-numeric"];

# One value is the first and the last of one.
if allof (header :count "eq" :comparator "i;ascii-numeric" "x-team" "1",
    header :index 1 :is "x-team" "a", not header :index 1 :last :is "x-team" "a") {
    fileinto :copy "Moved";
}
if header :index 2 :is "subject" "a" {
    fileinto :copy "Second";
}
