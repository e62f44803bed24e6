require "copy";

redirect :copy "li@acme.example";
if header :contains "subject" "order" {
    # tamis: allow duplicate-target because the shop wants to see it here
    redirect :copy "li@acme.example";
    if size :over 1M {
        redirect :copy "li@ACME.example";
    }
}
