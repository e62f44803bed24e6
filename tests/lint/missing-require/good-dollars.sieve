require ["fileinto", "vacation"];
if header :contains "subject" ["${1}", "${jndi:ldap}", "${hex:zz}"] { discard; }
vacation :addresses "li@acme.example" "Set ${HOME}, and pay $5.";
fileinto "a.${1";
