# Patterns that Pigeonhole reads as they are meant.
require ["fileinto", "variables"];

if header :matches "Subject" ["????", "?*", "*-????-*", "a*b*c", "what\\?*", "${x}?*"] {
    fileinto "Some";
}
