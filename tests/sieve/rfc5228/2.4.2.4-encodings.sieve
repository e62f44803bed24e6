require "encoded-character";
if header :contains "Subject" [
  "$${hex:40}", "${hex: 40 }", "${HEX: 40}", "${hex:40", "${hex:400}", "${hex:4${hex:30}}", "${unicode:40}",
  "${ unicode:40}", "${UNICODE:40}", "${UnICoDE:0000040}", "${Unicode:40}", "${Unicode:Cool}"
] {
   discard;
}
