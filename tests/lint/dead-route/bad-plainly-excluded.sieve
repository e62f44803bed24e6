require "fileinto";
if allof (header :is "subject" "a", not header :is "subject" "a") { fileinto "Never"; }
if header :contains "subject" "b" {
    fileinto "With";
} elsif not header :contains "subject" "b" {
    fileinto "Without";
} else {
    fileinto "Neither";
}
if exists "x-spam" { stop; }
if not exists "x-spam" { stop; }
keep;
