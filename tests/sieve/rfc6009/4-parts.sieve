require ["envelope", "envelope-dsn", "envelope-deliverby"];

if anyof (envelope "ret" "FULL", envelope "envid" "QQ314159", envelope "bymode" "notify", envelope "bytrace" "trace") {
    keep;
}
