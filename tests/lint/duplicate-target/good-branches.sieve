require "copy";
if true { redirect :copy "a@acme.example"; } else { redirect :copy "a@acme.example"; redirect :copy "A@acme.example"; }
