require ["imap4flags", "relational", "comparator-i;ascii-numeric", "variables"];

if anyof (
    hasflag :is "b A",
    hasflag ["b","A"],
    hasflag :contains "MyVar" "Junk",
    hasflag :contains "MyVar" "forward",
    hasflag :contains "MyVar" ["label", "forward"],
    hasflag :contains "MyVar" ["junk", "forward"],
    hasflag :contains "MyVar" "junk forward",
    hasflag :contains "MyVar" "forward junk",
    hasflag :contains "MyVar" "label",
    hasflag :contains "MyVar" ["label1", "label2"],
    hasflag :contains "MyVar" "label1 label2",
    hasflag :count "ge" :comparator "i;ascii-numeric"
            "MyFlags" "2"
) { stop; }
