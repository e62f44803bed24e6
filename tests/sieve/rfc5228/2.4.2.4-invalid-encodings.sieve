require "encoded-character";
if header :contains "Subject" "${unicode:200000}" {
   discard;
} elsif header :contains "Subject" "${Unicode:DF01}" {
   discard;
}
