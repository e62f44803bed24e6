# As Proton has it.
require ["include", "environment", "variables", "relational", "comparator-i;ascii-numeric", "comparator-i;unicode-casemap", "spamtest"];
require ["fileinto", "imap4flags"];

# Generated: Do not run this script on spam messages
if allof (environment :matches "vnd.proton.spam-threshold" "*", spamtest :value "ge" :comparator "i;ascii-numeric" "${1}") {
    return;
}

/**
 * @type or
 * @comparator contains
 */
if anyof (address :all :comparator "i;unicode-casemap" :contains "From" ["newsletter", "news"]) {
    fileinto "Newsletters";
    addflag "\\Seen";
}
