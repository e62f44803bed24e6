if anyof (false, false) { stop; }
if anyof (false, true) { stop; }
if anyof (true,  true) { stop; }
