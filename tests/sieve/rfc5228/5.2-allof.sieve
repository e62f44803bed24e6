if allof (false, false) { stop; }
if allof (false, true) { stop; }
if allof (true,  true) { stop; }
